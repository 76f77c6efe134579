// Asking for a name, and the keyboard help. Dialogs are native: Esc closes, focus returns.
import { find } from './page.js';
import { on } from './actions.js';

// Asks for one line of text. `accept` may throw: its message is shown and the dialog stays.
// Resolves with accept's result, or null when the person leaves.
export function ask({ title, label, value = '', hint = '', ok, accept, selectStem = false }) {
  const dialog = find('#ask');
  const form = find('form', dialog);
  const input = find('input', form);
  find('h2', dialog).textContent = title;
  find('label', dialog).textContent = label;
  find('#ask-hint').textContent = hint;
  find('#ask-error').textContent = '';
  find('[value="ok"]', form).textContent = ok;
  input.value = value;
  input.removeAttribute('aria-invalid');
  return new Promise((resolve) => {
    let answer = null;
    const fail = (words) => {
      find('#ask-error').textContent = words;
      input.setAttribute('aria-invalid', 'true');
      input.focus();
    };
    const submit = async (event) => {
      event.preventDefault();
      const text = input.value.trim();
      if (!text) { fail('Type a name.'); return; }
      const button = find('[value="ok"]', form);
      button.disabled = true;
      try {
        answer = { value: await accept(text) };
        dialog.close();
      } catch (error) {
        fail(error.message);
      } finally {
        button.disabled = false;
      }
    };
    form.addEventListener('submit', submit);
    dialog.addEventListener('close', () => {
      form.removeEventListener('submit', submit);
      resolve(answer && answer.value);
    }, { once: true });
    dialog.showModal();
    input.focus();
    const dot = value.lastIndexOf('.');
    input.setSelectionRange(0, selectStem && dot > 0 ? dot : value.length);
  });
}

on('keys', () => find('#keys').showModal());
on('close-dialog', (button) => button.closest('dialog').close());

// A click on the backdrop closes, as people expect; the dialog's own box does not count.
document.addEventListener('pointerdown', (event) => {
  const dialog = event.target;
  if (!(dialog instanceof HTMLDialogElement)) return;
  const box = dialog.getBoundingClientRect();
  const inside = event.clientX >= box.left && event.clientX <= box.right && event.clientY >= box.top && event.clientY <= box.bottom;
  if (!inside) dialog.close();
});

// Places a popover beside the button that opened it, inside the window.
export function place(menu, anchor) {
  const { left, right, top, bottom } = anchor.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  const x = right - width > 8 ? right - width : Math.min(left, innerWidth - width - 8);
  const y = bottom + 4 + height < innerHeight ? bottom + 4 : Math.max(8, top - height - 4);
  menu.style.left = `${Math.max(8, x)}px`;
  menu.style.top = `${y}px`;
}

document.addEventListener('toggle', (event) => {
  const menu = event.target;
  if (!menu.matches?.('.menu') || event.newState !== 'open') return;
  const anchor = menu.anchorButton ?? find(`[popovertarget="${menu.id}"]`);
  if (anchor) place(menu, anchor);
  find('button, a, label', menu)?.focus();
}, true);
document.addEventListener('click', (event) => {
  const menu = event.target.closest('.menu[popover]');
  if (menu && event.target.closest('button, a, label')) setTimeout(() => menu.matches(':popover-open') && menu.hidePopover(), 0);
});
document.addEventListener('keydown', (event) => {
  const menu = event.target.closest?.('.menu[popover]');
  if (!menu || !['ArrowDown', 'ArrowUp', 'Home', 'End'].includes(event.key)) return;
  event.preventDefault();
  const entries = [...menu.querySelectorAll('button, a, input')].filter((each) => each.offsetParent !== null || each.type === 'file');
  const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
  const at = entries.indexOf(document.activeElement);
  const next = step ? (at + step + entries.length) % entries.length : (event.key === 'Home' ? 0 : entries.length - 1);
  entries[next]?.focus();
});
