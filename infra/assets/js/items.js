// What can be done to folders and documents, from a row, a selection or a document's page.
// Each change says so in a toast that can take it back; none asks "are you sure".
import { get, patch, post, remove } from './http.js';
import { ask } from './dialogs.js';
import { announce, element, find, page, pageName, plural, url } from './page.js';
import { on } from './actions.js';
import { pickFolder } from './picker.js';
import { refresh, visit } from './navigate.js';
import { complain, toast } from './toasts.js';
import { chosen, clear } from './listing.js';

export const path = (item) => `/v1/${item.kind === 'folder' ? 'nodes' : 'documents'}/${item.id}`;

const fromRow = (row) => ({
  kind: row.dataset.kind, id: row.dataset.id, name: row.dataset.name, etag: row.dataset.etag,
  version: row.dataset.version, may: (row.dataset.may ?? '').split(' '), row,
});

const fromPage = () => {
  const { document: id, name, etag, version, node, may } = page().dataset;
  return id ? { kind: 'document', id, name, etag, version, parent: node, may: may.split(' ') } : null;
};

// What an action is meant for: the row it was called on, else the selection, else the document.
function meant(origin) {
  const menu = origin?.closest?.('.menu');
  const row = menu?.row ?? origin?.closest?.('[data-item]');
  const selected = chosen();
  if (row && !selected.includes(row)) return [fromRow(row)];
  if (selected.length) return selected.map(fromRow);
  const document_ = fromPage();
  return document_ ? [document_] : [];
}

const allows = (item, action) => item.may.includes(`${item.kind === 'folder' ? 'node' : 'document'}:${action}`);

const count = (items) => (items.length === 1 ? `“${items[0].name}”` : plural(items.length, 'item'));

// Runs one request an item, four at a time; tells apart what went well and what did not.
async function each(items, work) {
  const done = [];
  const failed = [];
  const queue = [...items];
  const lane = async () => {
    for (let item = queue.shift(); item; item = queue.shift()) {
      item.row?.setAttribute('data-leaving', '');
      try {
        done.push({ ...item, etag: (await work(item)).etag });
      } catch (error) {
        item.row?.removeAttribute('data-leaving');
        failed.push({ item, error });
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(4, items.length) }, lane));
  return { done, failed };
}

function tellFailures(failed) {
  if (!failed.length) return;
  const [{ item, error }] = failed;
  const rest = failed.length > 1 ? ` So did ${plural(failed.length - 1, 'other item')}.` : '';
  toast(`“${item.name}” stayed where it is: ${error.message}${rest}`, { bad: true });
}

async function after() {
  clear();
  await refresh();
}

// The ETag of now: lists do not carry one, and an undo comes later than the page.
const latest = async (item) => (await get(path(item))).etag;
const match = async (item) => item.etag || latest(item);

async function rename(origin) {
  const [item] = meant(origin);
  if (!item || !allows(item, 'rename')) return;
  const change = (name, etag) => patch(path(item), { name }, { etag });
  const renamed = await ask({
    title: item.kind === 'folder' ? 'Rename folder' : 'Rename document', label: 'Name', value: item.name, ok: 'Rename',
    hint: item.kind === 'folder' ? '' : 'The number stays the same, and the audit trail keeps the old name.',
    selectStem: item.kind === 'document',
    accept: async (name) => { if (name !== item.name) await change(name, await match(item)); return name; },
  });
  if (renamed === null || renamed === item.name) return;
  await after();
  toast(`Renamed to “${renamed}”`, { undo: async () => {
    try { await change(item.name, await latest(item)); await refresh(); announce('The old name is back'); } catch (error) { complain(error); }
  } });
}

async function relocate(items, folder) {
  return each(items, async (item) => patch(path(item), item.kind === 'folder' ? { parent_id: folder } : { node_id: folder }, { etag: await match(item) }));
}

export async function moveTo(items, target) {
  const from = items[0]?.parent ?? page().dataset.node;
  if (target.id === from) return;
  const { done, failed } = await relocate(items, target.id);
  await after();
  tellFailures(failed);
  if (!done.length) return;
  toast(`Moved ${count(done)} to “${target.name}”`, { undo: async () => {
    const back = await relocate(done.map((item) => ({ ...item, row: null })), from);
    tellFailures(back.failed);
    await refresh();
  } });
}

async function move(origin) {
  const items = meant(origin).filter((item) => allows(item, 'move'));
  if (!items.length) return;
  const target = await pickFolder({
    what: `${count(items)} ${items.length === 1 ? 'goes' : 'go'} into the folder you choose.`,
    without: items.filter((item) => item.kind === 'folder').map((item) => item.id),
    here: items[0].parent ?? page().dataset.node,
  });
  if (target) await moveTo(items, target);
}

const bringBack = (items) => each(items, (item) => post(`${path(item)}/restore`));

async function trash(origin) {
  if (pageName() === 'trash') return;
  const items = meant(origin).filter((item) => allows(item, 'trash'));
  if (!items.length) return;
  const { done, failed } = await each(items, async (item) => remove(path(item), { etag: await match(item) }));
  const onDocument = page().dataset.document;
  const parent = page().dataset.node;
  if (onDocument && done.length) await visit(url(`/nodes/${parent}`));
  else await after();
  tellFailures(failed);
  if (!done.length) return;
  toast(`Moved ${count(done)} to the trash`, { undo: async () => {
    const back = await bringBack(done.map((item) => ({ ...item, row: null })));
    tellFailures(back.failed);
    if (onDocument) await visit(url(`/documents/${onDocument}`));
    else await refresh();
    announce('Restored');
  } });
}

async function restore(origin) {
  const items = meant(origin);
  const { done, failed } = await bringBack(items);
  await after();
  tellFailures(failed);
  if (done.length) toast(`Restored ${count(done)}`);
}

async function download(origin, event) {
  const items = meant(origin).filter((item) => item.kind === 'document');
  if (origin?.matches('a[href]') && items.length === 1) return;
  event?.preventDefault();
  if (!items.length) { toast('Folders cannot be downloaded in one piece. Open one and choose documents.', { bad: true }); return; }
  announce(`Downloading ${plural(items.length, 'document')}`);
  for (const item of items) {
    const link = element('a', { href: url(`${path(item)}/versions/${item.version}/content`), download: item.name });
    document.body.append(link);
    link.click();
    link.remove();
    // Browsers drop downloads that start in the same instant.
    await new Promise((resolve) => { setTimeout(resolve, 350); });
  }
}

async function restoreFolder() {
  await post(`/v1/nodes/${page().dataset.node}/restore`);
  await refresh();
  toast('Restored');
}

async function newFolder() {
  const parent = page().dataset.node;
  if (!parent) return;
  const made = await ask({
    title: 'New folder', label: 'Name', ok: 'Create',
    accept: async (name) => (await post('/v1/nodes', { parent_id: parent, name })).data,
  });
  if (!made) return;
  await refresh();
  find(`[data-item][data-id="${CSS.escape(made.id)}"] .item-link`)?.focus();
  announce(`Folder ${made.name} created`);
}

async function rollBack(button) {
  const { document: id, version: current, etag } = page().dataset;
  const to = Number(button.dataset.version);
  const change = (version, match) => post(`/v1/documents/${id}/rollback`, { version }, { etag: match });
  await change(to, etag);
  await refresh();
  toast(`Rolled back: the newest version has the content of version ${to}`, { undo: async () => {
    try { await change(Number(current), (await get(`/v1/documents/${id}`)).etag); await refresh(); } catch (error) { complain(error); }
  } });
}

async function copyText(button) {
  await navigator.clipboard.writeText(button.dataset.text);
  toast('Copied');
}

function rowMenu(button) {
  const row = button.closest('[data-item]');
  const item = fromRow(row);
  const menu = document.importNode(find('#row-menu').content, true).firstElementChild;
  menu.row = row;
  menu.anchorButton = button;
  for (const entry of [...menu.querySelectorAll('[data-needs]')]) if (!allows(item, entry.dataset.needs)) entry.remove();
  for (const entry of [...menu.querySelectorAll('[data-for]')]) if (entry.dataset.for !== item.kind) entry.remove();
  for (const entry of menu.querySelectorAll('[data-place]')) entry.href = url(`/${item.kind === 'folder' ? 'nodes' : 'documents'}/${item.id}/${entry.dataset.place}`);
  const save = find('[data-action="download"]', menu);
  if (save) { save.href = url(`${path(item)}/versions/${item.version}/content`); save.download = item.name; }
  find('#main').append(menu);
  button.setAttribute('aria-expanded', 'true');
  menu.addEventListener('toggle', (event) => {
    if (event.newState !== 'closed') return;
    button.setAttribute('aria-expanded', 'false');
    if (menu.contains(document.activeElement) || document.activeElement === document.body) button.focus();
    setTimeout(() => menu.remove(), 200);
  });
  menu.showPopover();
}

on('rename', rename);
on('move', move);
on('trash', trash);
on('restore', restore);
on('restore-folder', restoreFolder);
on('download', download);
on('new-folder', newFolder);
on('rollback', rollBack);
on('copy-link', copyText);
on('row-menu', rowMenu);
on('document-menu', () => {});
