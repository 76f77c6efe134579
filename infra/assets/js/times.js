// Times in the reader's own zone and language; the server's words are UTC.
import { all } from './page.js';
import { ago } from './words.js';
import { mount } from './navigate.js';

const full = new Intl.DateTimeFormat(undefined, { dateStyle: 'full', timeStyle: 'medium' });

function tell(root) {
  for (const time of all('time[datetime]', root)) {
    const then = new Date(time.dateTime);
    if (Number.isNaN(then.getTime())) continue;
    time.textContent = ago(then, new Date());
    time.title = full.format(then);
  }
}

mount(tell);
setInterval(() => { if (!document.hidden) tell(document); }, 60_000);
