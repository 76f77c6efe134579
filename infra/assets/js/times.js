// Times in the reader's own zone and language; the server's words are UTC.
import { all } from './page.js';
import { mount } from './navigate.js';

const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });
const sameYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short' });
const otherYear = new Intl.DateTimeFormat(undefined, { day: 'numeric', month: 'short', year: 'numeric' });
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });

export function words(then, now = new Date()) {
  const seconds = Math.round((now - then) / 1000);
  if (seconds < 45) return 'just now';
  if (seconds < 3600) return relative.format(-Math.max(1, Math.round(seconds / 60)), 'minute');
  if (seconds < 86_400) return relative.format(-Math.round(seconds / 3600), 'hour');
  if (seconds < 7 * 86_400) return relative.format(-Math.round(seconds / 86_400), 'day');
  return (then.getFullYear() === now.getFullYear() ? sameYear : otherYear).format(then);
}

function tell(root) {
  for (const time of all('time[datetime]', root)) {
    const then = new Date(time.dateTime);
    if (Number.isNaN(then.getTime())) continue;
    time.textContent = words(then);
    time.title = full.format(then);
  }
}

mount(tell);
setInterval(() => { if (!document.hidden) tell(document); }, 60_000);
