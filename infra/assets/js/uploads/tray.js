// The upload tray: a row for each file in three lanes, the whole on top, spoken now and then.
import { element, find, icon, plural, size, url } from '../page.js';
import htmx from 'htmx.org';
import { on } from '../actions.js';
import { left, nextName } from '../words.js';
import { before } from './unfinished.js';

const LANE = { waiting: 'active', reading: 'active', sending: 'active', checking: 'active', asking: 'attention', failed: 'attention', done: 'done' };
const SHOWN_DONE = 200;
const uploads = new Set();
const rowOf = new WeakMap();
const tray = () => find('#uploads');
let rates = [];
let spoken = 0;

const words = (upload) => ({
  sending: `${upload.words === 'Sending' ? '' : `${upload.words} · `}${size(upload.done)} of ${size(upload.size)}`,
  done: `${size(upload.size)}${upload.document?.number ? ` · No. ${upload.document.number}` : ''}${upload.place ? ` · ${upload.place}` : ''}`,
}[upload.state] ?? upload.words);

function draw(upload) {
  const name = element('span', { class: 'name truncate', title: upload.name }, element('bdi', {}, upload.name));
  const row = element('li', { class: 'upload' }, element('span', { class: 'kind' }, icon('file')), name,
    element('span', { class: 'say' }), element('span', { class: 'buttons' }));
  rowOf.set(upload, row);
  return row;
}

const button = (words_, symbol, act) => {
  const made = element('button', { type: 'button', class: 'btn quiet small icon-only', 'aria-label': words_, title: words_ }, icon(symbol, 'small'));
  made.addEventListener('click', act);
  return made;
};

function choices(upload) {
  const offer = (label, act) => {
    const made = element('button', { type: 'button', class: 'btn small' }, label);
    made.addEventListener('click', act);
    return made;
  };
  const isDocument = upload.taken.existing_kind === 'document' && upload.taken.existing_id;
  return element('div', { class: 'choices' },
    isDocument && offer('New version of it', () => asVersion(upload)),
    offer('Keep both', () => keepBoth(upload)),
    offer('Skip', () => upload.cancel()));
}

export function asVersion(upload) {
  upload.target = { document: upload.taken.existing_id, name: upload.name };
  upload.start();
}

export function keepBoth(upload) {
  upload.name = nextName(upload.name);
  upload.again = true;
  find('.name bdi', rowOf.get(upload)).textContent = upload.name;
  upload.start();
}

function paint(upload) {
  if (upload.state === 'asking' && upload.again) { keepBoth(upload); return; }
  const row = rowOf.get(upload) ?? draw(upload);
  if (upload.state === 'cancelled') { row.remove(); uploads.delete(upload); sum(); return; }
  const lane = LANE[upload.state];
  const list = find(`[data-lane="${lane}"] ul`, tray());
  const moved = row.parentElement !== list;
  if (moved) { if (lane === 'active') list.append(row); else list.prepend(row); }
  find('.say', row).textContent = words(upload);
  let bar = find('progress', row);
  const running = ['sending', 'checking'].includes(upload.state);
  if (running && !bar) { bar = element('progress', { max: '1', 'aria-label': `${upload.name}` }); row.append(bar); }
  if (bar && running) { if (upload.state === 'checking') bar.removeAttribute('value'); else bar.value = upload.share; }
  if (bar && !running) bar.remove();
  if (row.dataset.state !== upload.state) {
    row.dataset.state = upload.state;
    const again = upload.state === 'failed' && button(`Retry ${upload.name}`, 'refresh-cw', () => upload.start());
    const stop = upload.state !== 'done' && button(`Cancel ${upload.name}`, 'x', () => upload.cancel());
    const tick = upload.state === 'done' && element('span', { class: 'tick' }, icon('circle-check'));
    find('.buttons', row).replaceChildren(...[again, stop, tick].filter(Boolean));
    find('.choices', row)?.remove();
    if (upload.state === 'asking') row.append(choices(upload));
    if (upload.state === 'done') {
      find('.name', row).replaceChildren(element('a', { href: url(`/documents/${upload.document.id}`) }, element('bdi', {}, upload.name)));
      htmx.process(row);
      if (list.children.length > SHOWN_DONE) list.lastElementChild.remove();
    }
  }
  if (upload.twins.length && !find('.twin', row)) {
    const [twin] = upload.twins;
    const told = element('p', { class: 'twin' }, 'Same content as ', element('a', { href: url(`/documents/${twin.document_id}`) }, `${twin.name} (No. ${twin.number})`), upload.twins.length > 1 ? ` and ${plural(upload.twins.length - 1, 'other')}` : '');
    row.append(told);
    htmx.process(told);
  }
  sum();
}

function remaining(sent, total) {
  const now = performance.now();
  rates = [...rates.filter((rate) => now - rate.at < 8000), { at: now, sent }];
  const [first] = rates;
  const speed = (sent - first.sent) / ((now - first.at) / 1000);
  if (!(speed > 0) || now - first.at < 2000) return '';
  if (![...uploads].some((upload) => upload.state === 'sending')) return '';
  const seconds = (total - sent) / speed;
  return ` · ${size(speed)}/s · ${left(seconds)} left`;
}

function speak(text, often) {
  if (performance.now() - spoken < often) return;
  spoken = performance.now();
  find('#announce-progress').textContent = text;
}

let queued = false;
function sum() {
  if (queued) return;
  queued = true;
  requestAnimationFrame(() => { queued = false; total(); });
}

function total() {
  const all = [...uploads];
  const lanes = Object.groupBy ? Object.groupBy(all, (upload) => LANE[upload.state]) : all.reduce((made, upload) => { (made[LANE[upload.state]] ??= []).push(upload); return made; }, {});
  for (const lane of ['attention', 'active', 'done']) {
    const section = find(`[data-lane="${lane}"]`, tray());
    section.hidden = !lanes[lane]?.length && !find('.note', section);
    find('[data-count]', section).textContent = lanes[lane]?.length ?? '';
  }
  const bytes = all.reduce((whole, upload) => whole + upload.size, 0);
  const sent = all.reduce((whole, upload) => whole + upload.share * upload.size, 0);
  const done = lanes.done?.length ?? 0;
  const active = lanes.active?.length ?? 0;
  const attention = lanes.attention?.length ?? 0;
  const title = active ? `Uploading ${done + 1} of ${all.length}` : attention ? `${plural(attention, 'upload')} ${attention === 1 ? 'needs' : 'need'} you` : all.length ? `${plural(done, 'upload')} done` : 'Uploads';
  find('[data-sum-title]', tray()).textContent = title;
  const bar = find('[data-sum-progress]', tray());
  bar.hidden = !active;
  bar.value = bytes ? sent / bytes : done / Math.max(1, all.length);
  const line = active ? `${size(sent)} of ${size(bytes)}${remaining(sent, bytes)}` : '';
  find('[data-sum-words]', tray()).textContent = line;
  find('[data-action="tray-cancel"]', tray()).hidden = !active;
  find('[data-action="tray-retry"]', tray()).hidden = !all.some((upload) => upload.state === 'failed');
  if (active) speak(`${title}, ${Math.round((100 * sent) / Math.max(1, bytes))} percent`, 10_000);
  else if (all.length) speak(attention ? `${title}` : `All ${plural(done, 'upload')} done`, 0);
  forAll(lanes.attention ?? []);
}

function forAll(attention) {
  const asking = attention.filter((upload) => upload.state === 'asking' && upload.taken.existing_kind === 'document');
  const section = find('[data-lane="attention"]', tray());
  find('.for-all', section)?.remove();
  if (asking.length < 2) return;
  const offer = (label, act) => {
    const made = element('button', { type: 'button', class: 'btn small' }, label);
    made.addEventListener('click', () => asking.forEach(act));
    return made;
  };
  find('h3', section).after(element('div', { class: 'row for-all' }, element('span', { class: 'muted' }, `For all ${asking.length}:`), offer('New versions', asVersion), offer('Keep both', keepBoth), offer('Skip', (upload) => upload.cancel())));
}

export function show(upload) {
  uploads.add(upload);
  tray().hidden = false;
  upload.addEventListener('change', () => paint(upload));
  paint(upload);
}

export const running = () => [...uploads].some((upload) => LANE[upload.state] === 'active');

on('tray-cancel', () => [...uploads].filter((upload) => LANE[upload.state] === 'active').forEach((upload) => upload.cancel()));
on('tray-retry', () => [...uploads].filter((upload) => upload.state === 'failed').forEach((upload) => upload.start()));
on('tray-fold', (control) => {
  const folded = tray().toggleAttribute('data-folded');
  control.setAttribute('aria-expanded', String(!folded));
  control.setAttribute('aria-label', folded ? 'Unfold uploads' : 'Fold uploads');
});
on('tray-close', () => {
  if (running()) { tray().setAttribute('data-folded', ''); return; }
  uploads.clear();
  for (const list of tray().querySelectorAll('ul')) list.replaceChildren();
  tray().querySelectorAll('.note').forEach((note) => note.remove());
  tray().hidden = true;
});
window.addEventListener('beforeunload', (event) => { if (running()) event.preventDefault(); });

if (before.length) {
  const [first] = before;
  const rest = before.length > 1 ? ` and ${plural(before.length - 1, 'other')}` : '';
  const section = find('[data-lane="attention"]', tray());
  const place = first.document ? `/documents/${first.node}` : `/nodes/${first.node}`;
  section.append(element('p', { class: 'note upload' }, element('span', { class: 'kind' }, icon('rotate-ccw')),
    element('span', { class: 'name' }, `“${first.name}”${rest} did not finish`),
    element('span', { class: 'say' }, 'What arrived is kept for a day. Drop the same files on ', element('a', { href: url(place) }, first.folder || 'the folder'), ' and they go on where they stopped.')));
  tray().hidden = false;
  htmx.process(section);
  sum();
}
