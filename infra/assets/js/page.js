// What scripts know of the page: settings from the server, elements, and words read aloud.
const settings = JSON.parse(document.querySelector('meta[name="papertrail"]').content);

export const worker = (name) => settings.workers[name];
export const csrf = () => settings.csrf;
export const url = (path) => settings.prefix + path;
export const page = () => document.querySelector('#page');
export const pageName = () => page()?.dataset.page;
export const find = (selector, within = document) => within.querySelector(selector);
export const all = (selector, within = document) => [...within.querySelectorAll(selector)];
export const may = (permission) => (page().dataset.may ?? '').split(' ').includes(permission);

export function icon(name, extra = '') {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  svg.setAttribute('class', `icon ${extra}`);
  svg.setAttribute('aria-hidden', 'true');
  const use = document.createElementNS('http://www.w3.org/2000/svg', 'use');
  use.setAttribute('href', `${settings.icons}#${name}`);
  svg.append(use);
  return svg;
}

// element('button', { class: 'btn', 'aria-label': 'Close' }, 'text', node, …)
export function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === true) made.setAttribute(name, '');
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children.filter((child) => child != null && child !== false));
  return made;
}

export function announce(words) {
  const region = find('#announce');
  region.textContent = '';
  setTimeout(() => { region.textContent = words; }, 50);
}

// Random and not guessable; crypto.randomUUID exists on secure origins only.
export const key = () => Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('');

export { plural, size } from './words.js';
