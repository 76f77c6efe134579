// Choosing a folder in a dialog: a tree (WAI-ARIA tree pattern) read level by level.
import { element, find, icon, page } from './page.js';
import { subfolders } from './folders.js';

const parts = (item) => [...item.querySelectorAll(':scope > ul > li')];

function leafable(folder, without) {
  const blocked = without.includes(folder.id);
  return element('li', { role: 'treeitem', tabindex: '-1', 'data-id': folder.id, 'data-name': folder.name, 'aria-selected': 'false', 'aria-expanded': blocked ? false : 'false', 'aria-disabled': blocked ? 'true' : false, 'data-leaf': blocked },
    element('span', { class: 'pick' }, icon('chevron-right'), icon('folder'), element('span', { class: 'truncate' }, folder.name)));
}

async function open(item, without) {
  if (item.getAttribute('aria-disabled') === 'true') return;
  if (!find(':scope > ul', item)) {
    const { folders, more } = await subfolders(item.dataset.id);
    const list = element('ul', { role: 'group' }, ...folders.map((folder) => leafable(folder, without)));
    if (more) list.append(element('li', { role: 'none', class: 'muted' }, 'Too many to list here: open the folder and move from there.'));
    item.append(list);
    if (!folders.length) { item.removeAttribute('aria-expanded'); item.setAttribute('data-leaf', ''); }
  }
  if (!item.hasAttribute('data-leaf')) item.setAttribute('aria-expanded', 'true');
  find(':scope > ul', item).hidden = false;
}

const close = (item) => {
  if (item.getAttribute('aria-expanded') !== 'true') return false;
  item.setAttribute('aria-expanded', 'false');
  find(':scope > ul', item).hidden = true;
  return true;
};

// The sidebar's folders from the topmost down to where one is; their neighbours do not count.
function way() {
  const tree = find('[data-tree]');
  const found = [];
  for (let item = tree && find(`[data-node="${CSS.escape(tree.dataset.current)}"]`, tree); item; item = item.parentElement.closest('[data-tree] [data-node]')) found.unshift(item);
  return found;
}

// Resolves with {id, name} of the folder chosen, or null. `without`: folders that may not be
// chosen, nor anything inside them; `here`: where the things are now.
export function pickFolder({ what, without = [], here }) {
  const dialog = find('#move');
  const holder = find('[data-picker]', dialog);
  const button = find('[value="ok"]', dialog);
  find('#move-what').textContent = what;
  find('#move-error').textContent = '';
  button.disabled = true;
  const trail = way();
  const [root] = trail;
  const top = root ? { id: root.dataset.node, name: find('a', root).textContent.trim() } : { id: 'root', name: 'All folders' };
  const tree = element('ul', { role: 'tree', 'aria-labelledby': 'move-title' }, leafable(top, without));
  holder.replaceChildren(tree);
  let picked = null;

  const pick = (item) => {
    if (item.getAttribute('aria-disabled') === 'true') return;
    tree.querySelectorAll('[aria-selected="true"]').forEach((each) => each.setAttribute('aria-selected', 'false'));
    tree.querySelectorAll('[tabindex="0"]').forEach((each) => each.setAttribute('tabindex', '-1'));
    item.setAttribute('aria-selected', 'true');
    item.setAttribute('tabindex', '0');
    item.focus();
    picked = { id: item.dataset.id, name: item.dataset.name };
    button.disabled = picked.id === here;
    find('#move-error').textContent = picked.id === here ? 'It is in this folder already.' : '';
  };
  const shown = () => [...tree.querySelectorAll('[role="treeitem"]')].filter((each) => each.offsetParent !== null);
  const fail = (error) => { find('#move-error').textContent = error.message; };

  tree.addEventListener('click', (event) => {
    const item = event.target.closest('[role="treeitem"]');
    if (!item) return;
    const onArrow = event.target.closest('.icon') && !event.target.closest('.icon').previousElementSibling;
    pick(item);
    if (!(onArrow && close(item))) open(item, without).catch(fail);
  });
  tree.addEventListener('keydown', (event) => {
    const item = event.target.closest('[role="treeitem"]');
    const list = shown();
    const at = list.indexOf(item);
    const act = {
      ArrowDown: () => list[at + 1] && pick(list[at + 1]),
      ArrowUp: () => list[at - 1] && pick(list[at - 1]),
      ArrowRight: () => (item.getAttribute('aria-expanded') === 'true' ? parts(item)[0] && pick(parts(item)[0]) : open(item, without).catch(fail)),
      ArrowLeft: () => close(item) || (item.parentElement.closest('[role="treeitem"]') && pick(item.parentElement.closest('[role="treeitem"]'))),
      Home: () => pick(list[0]),
      End: () => pick(list.at(-1)),
      Enter: () => !button.disabled && button.click(),
      ' ': () => pick(item),
    }[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  });

  dialog.showModal();
  const first = find('[role="treeitem"]', tree);
  first.setAttribute('tabindex', '0');
  const ids = trail.map((each) => each.dataset.node);
  (async () => {
    await open(first, without);
    // Open the way to where the things are, so that a neighbour is one key away.
    for (let item = first; item;) {
      const next = parts(item).find((each) => ids.includes(each.dataset.id) && !without.includes(each.dataset.id));
      if (!next || !page().dataset.node) break;
      await open(next, without);
      item = next;
      if (item.dataset.id === here) break;
    }
    first.focus();
  })().catch(fail);
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => { resolve(dialog.returnValue === 'ok' ? picked : null); dialog.returnValue = ''; }, { once: true });
  });
}
