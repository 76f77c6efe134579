// Remembers, for this tab, which uploads a reload cut short, to say how they go on: the server
// kept what had arrived, and the same file dropped again continues.
const KEY = 'unfinished-uploads';
const read = () => JSON.parse(sessionStorage.getItem(KEY) ?? '[]');
const write = (list) => sessionStorage.setItem(KEY, JSON.stringify(list.slice(-500)));
const same = (a, b) => a.name === b.name && a.size === b.size && a.node === b.node;
const brief = (upload) => ({ name: upload.name, size: upload.size, place: upload.place, node: upload.base?.id ?? upload.target.document, folder: upload.base?.name ?? upload.target.name, document: Boolean(upload.target.document) });

export const before = read();
write([]);

// An upload of before that begins again needs no reminder.
export function goesOn(upload) {
  const at = before.findIndex((each) => same(each, brief(upload)));
  if (at < 0) return;
  before.splice(at, 1);
  if (!before.length) document.querySelector('#uploads .note')?.remove();
}

export function note(upload) { write([...read().filter((each) => !same(each, brief(upload))), brief(upload)]); }
export function forget(upload) { write(read().filter((each) => !same(each, brief(upload)))); }

// The number of the version that was begun with these bytes; given a number it is remembered,
// given null it is forgotten.
export function versionBegun(document, sha256, number) {
  const key = `begun:${document}:${sha256}`;
  if (number === null) sessionStorage.removeItem(key);
  else if (number) sessionStorage.setItem(key, number);
  return Number(sessionStorage.getItem(key)) || null;
}
