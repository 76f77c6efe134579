// One listener for everything marked data-action, data-submit or data-change, so that content
// swapped in later works without any wiring.
import { complain } from './toasts.js';

const actions = new Map();

export function on(names, act) {
  for (const name of names.split(' ')) actions.set(name, act);
}

async function run(name, element, event) {
  const act = actions.get(name);
  if (!act || element.getAttribute('aria-busy') === 'true') return;
  element.setAttribute('aria-busy', 'true');
  try {
    await act(element, event);
  } catch (error) {
    if (error.name !== 'AbortError') complain(error);
  } finally {
    element.removeAttribute('aria-busy');
  }
}

export const perform = (name, element, event) => run(name, element, event);

document.addEventListener('click', (event) => {
  const element = event.target.closest('[data-action]');
  if (element) run(element.dataset.action, element, event);
});
document.addEventListener('submit', (event) => {
  const form = event.target.closest('form[data-submit]');
  if (!form) return;
  event.preventDefault();
  run(form.dataset.submit, form, event);
});
document.addEventListener('change', (event) => {
  const element = event.target.closest('[data-change]');
  if (element) run(element.dataset.change, element, event);
});
