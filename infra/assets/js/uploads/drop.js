// Where files come in: dropped anywhere, dropped on a folder's row, or chosen.
import { complain, toast } from '../toasts.js';
import { find, may, page, plural } from '../page.js';
import { refresh } from '../navigate.js';
import { moveTo } from '../items.js';
import { chosen } from '../listing.js';
import { folderAt } from './folders.js';
import { Upload } from './upload.js';
import { running, show } from './tray.js';
import { forget, goesOn, note } from './unfinished.js';

const IGNORED = new Set(['.DS_Store', 'Thumbs.db', 'desktop.ini']);

const entries = (reader) => new Promise((resolve, reject) => { reader.readEntries(resolve, reject); });
const asFile = (entry) => new Promise((resolve, reject) => { entry.file(resolve, reject); });

async function* walk(entry, path = []) {
  if (entry.isFile) { yield { file: await asFile(entry), path }; return; }
  const inside = [...path, entry.name];
  const reader = entry.createReader();
  let any = false;
  // A directory is read in batches; an empty batch is its end.
  for (let batch = await entries(reader); batch.length; batch = await entries(reader)) {
    for (const each of batch) { any = true; yield* walk(each, inside); }
  }
  if (!any) yield { file: null, path: inside };
}

// Shows what has come in, now and then while more is coming.
let due = 0;
function soon(nodes) {
  if (due) return;
  due = setTimeout(() => {
    due = 0;
    const here = page().dataset.node ?? page().dataset.document;
    const busy = document.querySelector('dialog[open], .menu:popover-open') || chosen().length;
    if (!busy && (nodes.has(here) || nodes.has(page().dataset.document))) refresh().catch(() => {});
  }, running() ? 2500 : 400);
}

function take(file, target, base, path) {
  const upload = new Upload(file, target, { place: path.join(' / ') });
  upload.base = base;
  upload.addEventListener('change', () => {
    if (upload.noted !== upload.over) { upload.noted = upload.over; (upload.over ? forget : note)(upload); }
    if (upload.state === 'done') soon(new Set([base?.id, upload.target.document, upload.node?.id]));
  });
  goesOn(upload);
  note(upload);
  show(upload);
  upload.start();
}

async function takeAll(found, base) {
  let any = false;
  for await (const { file, path } of found) {
    if (file && IGNORED.has(file.name)) continue;
    any = true;
    if (file) take(file, { node: () => folderAt(base, path) }, base, path);
    else await folderAt(base, path).then(() => soon(new Set([base.id])));
  }
  if (!any) toast('There was no file in it.', { bad: true });
}

function asVersion(files) {
  const { document: id, name, etag } = page().dataset;
  if (files.length !== 1) { toast(`A document takes one file as its new version; you dropped ${files.length}.`, { bad: true }); return; }
  take(files[0], { document: id, name, etag }, null, []);
}

const here = () => (page().dataset.node && !page().dataset.document ? { id: page().dataset.node, name: page().dataset.nodeName } : null);
const accepts = () => (page().dataset.document ? may('document:version') : Boolean(here()) && may('document:create'));
const rowAt = (event) => event.target.closest?.('[data-item][data-kind="folder"]');
const carriesFiles = (event) => [...(event.dataTransfer?.types ?? [])].includes('Files');

function say(row) {
  find('[data-drop-words]').textContent = page().dataset.document ? 'Drop to add a new version' : `Drop to upload to “${row?.dataset.name ?? here().name}”`;
}

let depth = 0;
let dragged = null;
function light(row) {
  for (const each of document.querySelectorAll('[data-drop]')) if (each !== row) each.removeAttribute('data-drop');
  row?.setAttribute('data-drop', '');
}
function leave() { depth = 0; document.body.removeAttribute('data-dragging'); light(null); }

document.addEventListener('dragenter', (event) => {
  if (!carriesFiles(event)) return;
  depth += 1;
  if (!accepts()) return;
  say(null);
  document.body.setAttribute('data-dragging', '');
});
document.addEventListener('dragleave', (event) => { if (carriesFiles(event)) { depth -= 1; if (depth <= 0) leave(); } });
document.addEventListener('dragover', (event) => {
  const row = rowAt(event);
  if (dragged) {
    const fits = row && !dragged.includes(row);
    light(fits ? row : null);
    if (fits) event.preventDefault();
    return;
  }
  if (!carriesFiles(event)) return;
  event.preventDefault();
  event.dataTransfer.dropEffect = accepts() ? 'copy' : 'none';
  if (!accepts()) return;
  light(row);
  say(row);
});
document.addEventListener('drop', (event) => {
  const row = rowAt(event);
  if (dragged) {
    if (row) { event.preventDefault(); moveRows(dragged, row).catch(complain); }
    return;
  }
  if (!carriesFiles(event)) return;
  event.preventDefault();
  leave();
  if (!accepts()) { toast('You cannot add files here: your role only lets you look.', { bad: true }); return; }
  // The list of items is emptied as soon as this handler returns: take all of it now.
  const dropped = [...event.dataTransfer.items].map((item) => item.webkitGetAsEntry?.()).filter(Boolean);
  const files = [...event.dataTransfer.files];
  if (page().dataset.document) { asVersion(files); return; }
  const base = row ? { id: row.dataset.id, name: row.dataset.name } : here();
  const found = dropped.length
    ? (async function* each() { for (const entry of dropped) yield* walk(entry); }())
    : (async function* each() { for (const file of files) yield { file, path: [] }; }());
  takeAll(found, base).catch(complain);
});

// Rows can be dragged onto a folder's row; the Move dialog does the same without a pointer.
document.addEventListener('dragstart', (event) => {
  const row = event.target.closest?.('[data-listing] [data-item]');
  if (!row) return;
  const picked = chosen();
  dragged = picked.includes(row) ? picked : [row];
  event.dataTransfer.setData('text/plain', plural(dragged.length, 'item'));
  event.dataTransfer.effectAllowed = 'move';
});
document.addEventListener('dragend', () => { dragged = null; light(null); });
const moveRows = (rows, onto) => moveTo(rows.map((row) => ({ kind: row.dataset.kind, id: row.dataset.id, name: row.dataset.name, etag: row.dataset.etag, row })), { id: onto.dataset.id, name: onto.dataset.name });

document.addEventListener('change', (event) => {
  const input = event.target.closest?.('input[type="file"][data-pick]');
  if (!input) return;
  const files = [...input.files];
  input.value = '';
  input.closest('[popover]')?.hidePopover();
  if (!files.length) return;
  if (input.dataset.pick === 'version') { asVersion(files); return; }
  const paths = files.map((file) => ({ file, path: (file.webkitRelativePath || file.name).split('/').slice(0, -1) }));
  takeAll((async function* each() { yield* paths; }()), here()).catch(complain);
});
