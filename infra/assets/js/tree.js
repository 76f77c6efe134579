// The sidebar's folders: opened on demand, remembered while the tab lives, arrows move in it.
import { all, element, find, icon, url } from './page.js';
import { on } from './actions.js';
import { mount } from './navigate.js';
import { forget, subfolders } from './folders.js';
import htmx from 'htmx.org';

const open = new Set(JSON.parse(sessionStorage.getItem('open-folders') ?? '[]'));
const remember = () => sessionStorage.setItem('open-folders', JSON.stringify([...open].slice(-100)));

function branch(folder) {
  return element('li', { 'data-node': folder.id },
    element('div', { class: 'tree-row' },
      element('button', { type: 'button', class: 'tree-toggle', 'data-action': 'tree-toggle', 'aria-expanded': 'false', 'aria-label': `Folders in ${folder.name}` }, icon('chevron-right')),
      element('a', { href: url(`/nodes/${folder.id}`) }, icon('folder'), element('span', { class: 'truncate' }, folder.name))));
}

// Adds the folders that are not shown yet, and keeps those that the server drew (the trail).
async function fill(item) {
  const { folders, more } = await subfolders(item.dataset.node);
  let list = find(':scope > ul', item);
  if (!list) { list = element('ul'); item.append(list); }
  const drawn = new Map([...list.children].map((each) => [each.dataset.node, each]));
  const ordered = folders.map((folder) => drawn.get(folder.id) ?? branch(folder));
  const strays = [...drawn.values()].filter((each) => !ordered.includes(each));
  list.replaceChildren(...ordered, ...strays);
  if (more) list.append(element('li', {}, element('a', { class: 'nav-link', href: url(`/nodes/${item.dataset.node}`) }, 'Show all in the folder…')));
  find('.tree-toggle', item).toggleAttribute('data-leaf', !list.children.length);
  htmx.process(list);
  return list;
}

async function expand(item) {
  const list = await fill(item);
  find('.tree-toggle', item).setAttribute('aria-expanded', String(list.children.length > 0));
  list.hidden = false;
  await Promise.all([...list.children].filter((child) => child.dataset.node && open.has(child.dataset.node)).map(expand));
}

on('tree-toggle', async (button) => {
  const item = button.closest('[data-node]');
  const id = item.dataset.node;
  if (button.getAttribute('aria-expanded') === 'true') {
    find(':scope > ul', item)?.setAttribute('hidden', '');
    button.setAttribute('aria-expanded', 'false');
    open.delete(id);
  } else {
    open.add(id);
    await expand(item);
  }
  remember();
});

document.addEventListener('keydown', (event) => {
  const row = event.target.closest?.('.tree-row');
  if (!row) return;
  const toggle = find('.tree-toggle', row);
  const expanded = toggle.getAttribute('aria-expanded') === 'true';
  const links = all('.tree-row a', row.closest('.tree')).filter((link) => link.offsetParent !== null);
  const at = links.indexOf(find('a', row));
  if (event.key === 'ArrowDown') links[at + 1]?.focus();
  else if (event.key === 'ArrowUp') links[at - 1]?.focus();
  else if ((event.key === 'ArrowRight' && !expanded) || (event.key === 'ArrowLeft' && expanded)) toggle.click();
  else return;
  event.preventDefault();
});

mount((root) => {
  const tree = find('[data-tree]', root);
  if (!tree) return;
  if (root !== document.body) forget();
  const drawn = all('[data-node]', tree).filter((item) => find(':scope > ul', item) || open.has(item.dataset.node) || item === tree.querySelector('[data-node]'));
  drawn.reduce((before, item) => before.then(() => expand(item)), Promise.resolve()).catch(() => {});
});
