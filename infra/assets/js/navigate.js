// Moving between pages without reloading, so that uploads go on: htmx swaps #page. Also the
// refreshing of a page's region, and "Show more".
import htmx from 'htmx.org';
import { announce, find, page } from './page.js';
import { on } from './actions.js';

const mounted = [];

// Runs now and after each swap, with the part of the page that is new.
export function mount(work) {
  mounted.push(work);
  work(document.body);
}

const mountAll = (root) => mounted.forEach((work) => work(root));

export const visit = (href) => htmx.ajax('GET', href, { target: '#page', select: '#page', swap: 'outerHTML', push: 'true' });

async function load(href) {
  const response = await fetch(href, { credentials: 'same-origin', headers: { Accept: 'text/html' } });
  if (!response.ok) throw new Error('The page could not be loaded again. Reload it.');
  return new DOMParser().parseFromString(await response.text(), 'text/html');
}

// A link that was clicked must not be taken from under its request: the click would be lost.
const idle = () => new Promise((resolve) => {
  if (!document.documentElement.hasAttribute('data-loading')) resolve();
  else document.addEventListener('htmx:finally:request', () => resolve(idle()), { once: true });
});

// Replaces #page's content by what the server says now; focus stays where it was, by position.
export async function refresh() {
  const at = location.href;
  const loaded = await load(at);
  const fresh = find('#page', loaded);
  await idle();
  if (location.href !== at) return;
  if (!fresh) { location.reload(); return; }
  const active = document.activeElement?.closest('[data-item]');
  const focus = active && { id: active.dataset.id, index: [...active.parentElement.children].indexOf(active) };
  const scroll = find('.sidebar-scroll')?.scrollTop;
  const adopted = document.importNode(fresh, true);
  page().replaceWith(adopted);
  document.title = loaded.title;
  htmx.process(adopted);
  mountAll(adopted);
  find('.sidebar-scroll').scrollTop = scroll ?? 0;
  if (focus) {
    const rows = [...adopted.querySelectorAll('[data-item]')];
    const row = rows.find((each) => each.dataset.id === focus.id) ?? rows[Math.min(focus.index, rows.length - 1)];
    find('.item-link', row ?? adopted)?.focus();
  }
}

async function showMore(link) {
  const fresh = await load(link.href);
  const list = find('[data-rows], .versions', link.closest('main'));
  const added = [...(find('[data-rows], .versions', fresh)?.children ?? [])].map((row) => document.importNode(row, true));
  list.append(...added);
  const pager = find('[data-pager]', fresh);
  if (pager) link.closest('[data-pager]').replaceWith(document.importNode(pager, true));
  else link.closest('[data-pager]').remove();
  added.forEach((row) => htmx.process(row));
  mountAll(list);
  find('a, button, input', added[0] ?? list)?.focus();
  announce(`${added.length} more shown`);
  document.dispatchEvent(new CustomEvent('papertrail:rows'));
}

document.addEventListener('click', (event) => {
  const link = event.target.closest('[data-more]');
  if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
  event.preventDefault();
  link.setAttribute('aria-busy', 'true');
  showMore(link).catch(() => location.assign(link.href));
});

const isWhole = (text) => text.includes('id="page"');

document.addEventListener('htmx:before:request', () => document.documentElement.setAttribute('data-loading', ''));
document.addEventListener('htmx:finally:request', () => document.documentElement.removeAttribute('data-loading'));
// The sign-in page has no #page: leave this page for it.
document.addEventListener('htmx:before:swap', (event) => {
  const { ctx } = event.detail;
  if (ctx?.target?.id !== 'page' || isWhole(ctx.text ?? '')) return;
  event.preventDefault();
  location.assign(ctx.response?.raw?.url ?? ctx.request.action);
});
document.addEventListener('htmx:error', (event) => {
  const action = event.detail?.ctx?.request?.action;
  if (action && event.detail.error?.name !== 'AbortError') location.assign(action);
});
document.addEventListener('htmx:after:swap', ({ detail }) => {
  if (detail.ctx?.target?.id !== 'page') { mountAll(page()); return; }
  mountAll(page());
  window.scrollTo(0, 0);
  find('#main')?.focus({ preventScroll: true });
  announce(document.title);
});

on('menu-open', (button, event) => {
  event.preventDefault();
  const sidebar = find('#sidebar');
  sidebar.toggleAttribute('data-open');
  if (sidebar.hasAttribute('data-open')) find('a', sidebar).focus();
});
document.addEventListener('click', (event) => {
  if (!event.target.closest('.sidebar-veil')) return;
  event.preventDefault();
  closeSidebar();
});
export function closeSidebar() {
  const sidebar = find('#sidebar[data-open]');
  if (!sidebar) return false;
  sidebar.removeAttribute('data-open');
  find('.menu-button').focus();
  return true;
}
