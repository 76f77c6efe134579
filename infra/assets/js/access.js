// Who has which role on a folder. The whole list is sent, conditioned on the one that was shown.
import { all, element, find, page } from './page.js';
import { get, put } from './http.js';
import { on } from './actions.js';
import { refresh } from './navigate.js';
import { complain, toast } from './toasts.js';

const own = () => all('[data-grants] [data-own]').map((row) => ({ principal: row.dataset.principal, role: row.dataset.role }));
const inherits = () => page().dataset.inherit === 'true';
const endpoint = () => `/v1/nodes/${page().dataset.node}/access`;

async function save(grants, inherit, words) {
  const before = { inherit: inherits(), grants: own() };
  await put(endpoint(), { inherit, grants }, { etag: page().dataset.etag });
  await refresh();
  toast(words, { undo: async () => {
    try { await put(endpoint(), before, { etag: (await get(endpoint())).etag }); await refresh(); } catch (error) { complain(error); }
  } });
}

// Names are offered as they are typed; only the server knows all of them.
let asked = 0;
document.addEventListener('input', async (event) => {
  const list = event.target.list;
  if (!list?.matches('[data-principals]') || chosenOf(event.target)) return;
  asked += 1;
  const turn = asked;
  await new Promise((resolve) => { setTimeout(resolve, 150); });
  if (turn !== asked) return;
  const { data } = await get(`/v1/principals?prefix=${encodeURIComponent(event.target.value.trim())}&limit=20`, { retries: 0 }).catch(() => ({ data: { items: [] } }));
  if (turn !== asked) return;
  const kind = list.dataset.principals;
  const told = new Map();
  for (const { principal, name } of data.items) {
    if (kind && !principal.startsWith(`${kind}:`)) continue;
    const label = principal.startsWith('group:') ? `${name} (group)` : name;
    // Two people of one name are told apart by the end of their ids.
    told.set(told.has(label) ? `${label} (${principal.slice(-6)})` : label, principal);
  }
  list.replaceChildren(...[...told].map(([label, principal]) => element('option', { value: label, 'data-principal': principal })));
});
document.addEventListener('focusin', (event) => {
  if (event.target.list?.matches('[data-principals]') && !event.target.list.children.length) event.target.dispatchEvent(new Event('input', { bubbles: true }));
});

// The principal that a name in a datalist stands for; undefined if the text is none of them.
function chosenOf(input) {
  const text = input.value.trim();
  return [...input.list.options].find((option) => option.value === text)?.dataset.principal;
}

// The same, for whoever typed a whole name faster than the list came.
export async function principalOf(input) {
  const text = input.value.trim();
  const chosen = chosenOf(input);
  if (chosen || !text) return chosen;
  const { data } = await get(`/v1/principals?prefix=${encodeURIComponent(text)}&limit=20`);
  const kind = input.list.dataset.principals;
  const same = data.items.filter((item) => item.name.toLowerCase() === text.toLowerCase() && (!kind || item.principal.startsWith(`${kind}:`)));
  return same.length === 1 ? same[0].principal : undefined;
}

on('grant-add', async (form) => {
  const input = form.elements.principal;
  const principal = await principalOf(input);
  find('#grant-error').textContent = principal ? '' : 'Choose a person or a group from the list.';
  if (!principal) { input.focus(); return; }
  const role = form.elements.role.value;
  await save([...own().filter((grant) => grant.principal !== principal), { principal, role }], inherits(), `${input.value} is now ${role}`);
  find('#principal')?.focus();
});
on('role', async (select) => {
  const row = select.closest('[data-principal]');
  const role = select.value;
  try {
    await save(own().map((grant) => (grant.principal === row.dataset.principal ? { ...grant, role } : grant)), inherits(), `Role changed to ${role}`);
  } catch (error) {
    select.value = row.dataset.role;
    throw error;
  }
});
on('grant-remove', (button) => {
  const { principal } = button.closest('[data-principal]').dataset;
  return save(own().filter((grant) => grant.principal !== principal), inherits(), 'Access removed');
});
on('inherit', (button) => {
  const inherit = button.dataset.value === 'true';
  return save(own(), inherit, inherit ? 'The folder takes access from above again' : 'The folder takes no access from above any more');
});
