// Short messages, with Undo where something can be undone. They wait while pointed at or focused.
import { element, find, icon } from './page.js';

const STAY = 7000;
const STAY_WITH_ACTION = 12_000;

export function toast(words, { undo, label = 'Undo', bad = false } = {}) {
  const text = element('p', { role: bad ? 'alert' : 'status' });
  const shown = element('div', { class: bad ? 'toast bad' : 'toast' }, icon(bad ? 'circle-alert' : 'circle-check', 'lead'), text);
  const close = () => { clearTimeout(timer); shown.remove(); };
  if (undo) {
    const button = element('button', { type: 'button', 'data-undo': true, 'aria-keyshortcuts': 'Control+Z' }, label);
    button.addEventListener('click', () => { close(); undo(); });
    shown.append(button);
  }
  const dismiss = element('button', { type: 'button', class: 'close', 'aria-label': 'Dismiss' }, icon('x', 'small'));
  dismiss.addEventListener('click', close);
  shown.append(dismiss);
  let timer = 0;
  const wait = () => { timer = setTimeout(close, undo ? STAY_WITH_ACTION : STAY); };
  for (const event of ['pointerenter', 'focusin']) shown.addEventListener(event, () => clearTimeout(timer));
  for (const event of ['pointerleave', 'focusout']) shown.addEventListener(event, wait);
  const stack = find('#toasts');
  while (stack.children.length >= 3) stack.firstElementChild.remove();
  stack.append(shown);
  // A live region speaks what changes inside it, not what it is born with.
  setTimeout(() => { text.textContent = words; }, 30);
  wait();
  return close;
}

export const complain = (error) => toast(error.message, { bad: true });

// Messages stand at the page's end and for seconds only: too far and too short for Tab.
document.addEventListener('keydown', (event) => {
  const chord = event.key.toLowerCase() === 'z' && (event.ctrlKey || event.metaKey) && !event.shiftKey && !event.altKey;
  if (!chord || event.target.closest('input:not(.check), textarea, select, dialog')) return;
  const undo = [...find('#toasts').querySelectorAll('[data-undo]')].at(-1);
  if (!undo) return;
  event.preventDefault();
  undo.click();
});
