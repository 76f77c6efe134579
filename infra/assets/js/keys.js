// Keyboard shortcuts. Single letters only outside fields, and never with Ctrl, Alt or Meta
// (WCAG 2.1.4 asks that they be escapable: they do nothing while a control has the focus).
import { find, page, url } from './page.js';
import { perform } from './actions.js';
import { closeSidebar, visit } from './navigate.js';
import { chosen, clear, focused } from './listing.js';

let before = '';

const typing = (target) => target.closest('input:not(.check), textarea, select, [contenteditable], dialog[open]');
const press = (selector) => { const control = find(selector); control?.click(); return Boolean(control); };
const act = (name) => { perform(name, focused() ?? page()); return true; };

const single = {
  '?': () => act('keys'),
  '/': () => { find('#find')?.focus(); find('#find')?.select(); return Boolean(find('#find')); },
  n: () => press('#page [data-action="new-folder"]'),
  u: () => press('#page [data-pick="files"]'),
  m: () => (focused() || chosen().length || page().dataset.document ? act('move') : false),
  d: () => press('[data-download]'),
  F2: () => (focused() || chosen().length || page().dataset.document ? act('rename') : false),
  Delete: () => (focused() || chosen().length || page().dataset.document ? act('trash') : false),
  Backspace: () => press('.breadcrumb li:nth-last-child(2) a'),
  1: () => press('.tabs a:nth-child(1)'),
  2: () => press('.tabs a:nth-child(2)'),
  3: () => press('.tabs a:nth-child(3)'),
  4: () => press('.tabs a:nth-child(4)'),
};
const afterG = { h: '/', t: '/trash', a: '/account' };

document.addEventListener('keydown', (event) => {
  if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey || typing(event.target)) return;
  if (before === 'g' && afterG[event.key]) { before = ''; visit(url(afterG[event.key])); event.preventDefault(); return; }
  before = event.key;
  setTimeout(() => { before = ''; }, 1200);
  if (event.repeat) return;
  if (single[event.key]?.()) event.preventDefault();
});

document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || find('dialog[open], .menu:popover-open')) return;
  if (event.target.id === 'find') { event.target.blur(); return; }
  if (closeSidebar()) return;
  clear();
});
