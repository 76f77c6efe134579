// How things read: sizes, times, names. Pure, so that they are tested without a browser.

export const plural = (count, one, many = `${one}s`) => `${count} ${count === 1 ? one : many}`;

export function size(octets) {
  const units = ['bytes', 'kB', 'MB', 'GB', 'TB'];
  let amount = octets;
  let unit = 0;
  while (Math.round(amount) >= 1000 && unit < units.length - 1) { amount /= 1000; unit += 1; }
  return octets === 1 ? '1 byte' : `${amount.toFixed(unit && amount < 10 ? 1 : 0)} ${units[unit]}`;
}

// `locale` is the reader's own when left out.
export function ago(then, now, locale) {
  const seconds = Math.round((now - then) / 1000);
  const relative = new Intl.RelativeTimeFormat(locale, { numeric: 'auto', style: 'short' });
  if (seconds < 45) return 'just now';
  if (seconds < 3600) return relative.format(-Math.max(1, Math.round(seconds / 60)), 'minute');
  if (seconds < 86_400) return relative.format(-Math.round(seconds / 3600), 'hour');
  if (seconds < 7 * 86_400) return relative.format(-Math.round(seconds / 86_400), 'day');
  const year = then.getFullYear() === now.getFullYear() ? {} : { year: 'numeric' };
  return new Intl.DateTimeFormat(locale, { day: 'numeric', month: 'short', ...year }).format(then);
}

export function left(seconds) {
  if (seconds < 60) return 'less than a minute';
  return seconds < 3600 ? `about ${Math.round(seconds / 60)} min` : `about ${Math.round(seconds / 3600)} h`;
}

// "plan.pdf" -> "plan (2).pdf" -> "plan (3).pdf"; a dot in front belongs to the name.
export function nextName(name) {
  const dot = name.lastIndexOf('.');
  const [stem, end] = dot > 0 ? [name.slice(0, dot), name.slice(dot)] : [name, ''];
  const [, base, number] = /^(.*?)(?: \((\d{1,6})\))?$/s.exec(stem);
  return `${base} (${Number(number ?? 1) + 1})${end}`;
}

export const mediaType = (type) => (/^[\w!#$&^.+-]{1,100}\/[\w!#$&^.+-]{1,100}$/.test(type) ? type : 'application/octet-stream');
