// People, groups and sessions.
import { find } from './page.js';
import { get, patch, post, put, remove } from './http.js';
import { ask } from './dialogs.js';
import { on } from './actions.js';
import { principalOf } from './access.js';
import { refresh } from './navigate.js';
import { complain, toast } from './toasts.js';

// Shows an error beside the form it belongs to.
async function inForm(form, work) {
  const place = find('[data-error]', form) ?? find('[data-error]', form.parentElement);
  place.textContent = '';
  try { await work(); } catch (error) { place.textContent = error.message; }
}

function secret(words, value) {
  const box = find('[data-secret]');
  find('[data-secret-words]', box).textContent = words;
  find('[data-secret-value]', box).textContent = value;
  find('[data-secret-copy]', box).dataset.text = value;
  box.hidden = false;
  box.scrollIntoView({ block: 'center' });
  find('button', box).focus();
}

on('user-add', (form) => inForm(form, async () => {
  const { name, username, email, administrator } = form.elements;
  const { data } = await post('/v1/users', { name: name.value.trim(), username: username.value.trim(), email: email.value.trim() || null, is_administrator: administrator.checked });
  await refresh();
  secret(`${name.value.trim()} may sign in with this one-time password, within a week. It is shown only now; hand it over in person.`, data.one_time_password);
}));

on('user-password', async (button) => {
  const { user, name } = button.closest('[data-user]').dataset;
  const { data } = await post(`/v1/users/${user}/password`);
  await refresh();
  secret(`${name} may sign in with this one-time password, within a week; every session of theirs has ended. It is shown only now.`, data.one_time_password);
});

on('user-disable', async (button) => {
  const { user, name } = button.closest('[data-user]').dataset;
  const disabled = button.dataset.value === 'true';
  const change = async (value) => patch(`/v1/users/${user}`, { disabled: value }, { etag: (await get(`/v1/users/${user}`)).etag });
  await change(disabled);
  await refresh();
  toast(disabled ? `${name} cannot sign in any more` : `${name} may sign in again`, { undo: async () => { try { await change(!disabled); await refresh(); } catch (error) { complain(error); } } });
});

on('group-add', (form) => inForm(form, async () => {
  const name = form.elements.name.value.trim();
  await post('/v1/groups', { name });
  await refresh();
  toast(`Group “${name}” added`);
}));

const groupOf = (element) => element.closest('[data-group]').dataset;
const matchGroup = async (group) => (await get(`/v1/groups/${group}`)).etag;

on('group-rename', async (button) => {
  const { group, name } = groupOf(button);
  const renamed = await ask({ title: 'Rename group', label: 'Name', value: name, ok: 'Rename', accept: async (text) => { await patch(`/v1/groups/${group}`, { name: text }, { etag: await matchGroup(group) }); return text; } });
  if (renamed) { await refresh(); toast(`Renamed to “${renamed}”`); }
});

on('member-add', (form) => inForm(form, async () => {
  const principal = await principalOf(form.elements.principal);
  if (!principal?.startsWith('user:')) throw new Error('Choose a person from the list.');
  await put(`/v1/groups/${groupOf(form).group}/members/${principal.slice(5)}`);
  await refresh();
}));

on('member-remove', async (button) => {
  const { group, name } = groupOf(button);
  const { member } = button.closest('[data-member]').dataset;
  await remove(`/v1/groups/${group}/members/${member}`);
  await refresh();
  toast(`Removed from ${name}`, { undo: async () => { try { await put(`/v1/groups/${group}/members/${member}`); await refresh(); } catch (error) { complain(error); } } });
});

on('session-end', async (button) => {
  await remove(`/v1/sessions/${button.closest('[data-session]').dataset.session}`);
  await refresh();
  toast('That session is signed out');
});
