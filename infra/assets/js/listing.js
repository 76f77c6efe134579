// Choosing rows by mouse and keys: Space, Shift+arrows, Shift+click, Ctrl+A, Esc.
import { all, announce, find, plural } from './page.js';
import { mount } from './navigate.js';
import { on } from './actions.js';

let anchor = null;

const rows = () => all('[data-listing] [data-item]');
const box = (row) => find('.check', row);

export const chosen = () => rows().filter((row) => box(row)?.checked);
export const focused = () => document.activeElement?.closest?.('[data-item]');

function show() {
  const listing = find('[data-listing]');
  if (!listing) return;
  const picked = chosen();
  const bulk = find('[data-bulk]', listing);
  const whole = find('[data-select-all]', listing);
  if (!bulk) return;
  bulk.hidden = picked.length === 0;
  for (const other of find('[data-bar]', listing).children) if (other !== bulk) other.hidden = picked.length > 0;
  find('[data-bulk-count]', bulk).textContent = picked.length ? `${picked.length} selected` : '';
  for (const button of all('[data-bulk-needs]', bulk)) {
    button.disabled = !picked.some((row) => row.dataset.may.split(' ').includes(`${row.dataset.kind === 'folder' ? 'node' : 'document'}:${button.dataset.bulkNeeds}`));
  }
  if (whole) {
    whole.checked = picked.length > 0 && picked.length === rows().length;
    whole.indeterminate = picked.length > 0 && !whole.checked;
  }
}

function choose(row, value) {
  const check = box(row);
  if (check) check.checked = value;
}

export function clear() {
  const had = chosen().length > 0;
  rows().forEach((row) => choose(row, false));
  anchor = null;
  show();
  return had;
}

function extendTo(row) {
  const list = rows();
  const [from, to] = [list.indexOf(anchor ?? row), list.indexOf(row)].sort((a, b) => a - b);
  list.forEach((each, index) => choose(each, index >= from && index <= to));
  show();
}

function step(row, by, extend) {
  const list = rows();
  const next = list[list.indexOf(row) + by];
  if (!next) return;
  if (extend) { anchor ??= row; extendTo(next); }
  find('.item-link', next)?.focus();
}

document.addEventListener('change', (event) => {
  const check = event.target;
  if (!check.matches?.('[data-listing] .check')) return;
  if (check.matches('[data-select-all]')) rows().forEach((row) => choose(row, check.checked));
  else anchor = check.closest('[data-item]');
  show();
});

document.addEventListener('click', (event) => {
  const check = event.target.closest?.('[data-listing] [data-item] .check');
  if (check && event.shiftKey && anchor) extendTo(check.closest('[data-item]'));
});

document.addEventListener('keydown', (event) => {
  const row = focused();
  if (!row || !row.closest('[data-listing], .listing') || event.target.closest('.menu, dialog')) return;
  const act = {
    ArrowDown: () => step(row, 1, event.shiftKey),
    ArrowUp: () => step(row, -1, event.shiftKey),
    Home: () => find('.item-link', rows()[0])?.focus(),
    End: () => find('.item-link', rows().at(-1))?.focus(),
    ' ': () => {
      if (!event.target.matches('.item-link')) return false;
      const check = box(row);
      choose(row, !check?.checked);
      anchor = row;
      show();
      announce(`${row.dataset.name} ${check?.checked ? 'selected' : 'not selected'}. ${plural(chosen().length, 'item')} in all`);
      return true;
    },
  }[event.key];
  if (act && act() !== false) event.preventDefault();
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'a' || !(event.ctrlKey || event.metaKey) || !rows().length) return;
  if (event.target.closest('input:not(.check), textarea, select, dialog, [data-stage]')) return;
  event.preventDefault();
  rows().forEach((row) => choose(row, true));
  show();
});

// From anywhere but a control, the arrows enter the list.
document.addEventListener('keydown', (event) => {
  if (event.key !== 'ArrowDown' || !['BODY', 'MAIN', 'H1'].includes(document.activeElement.tagName)) return;
  const first = find('.listing [data-item] .item-link');
  if (!first) return;
  event.preventDefault();
  first.focus();
});

on('clear', clear);
mount(show);
document.addEventListener('papertrail:rows', show);
