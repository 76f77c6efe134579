import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ago, left, mediaType, nextName, plural, size } from './words.js';

const now = new Date('2031-05-06T07:08:09Z');
const before = (seconds) => ago(new Date(now - seconds * 1000), now, 'en-GB');

test('sizes are decimal and short', () => {
  assert.deepEqual([0, 1, 999, 81_234, 999_600, 204_800_000].map(size), ['0 bytes', '1 byte', '999 bytes', '81 kB', '1.0 MB', '205 MB']);
});

test('times are told from now, in the reader’s language', () => {
  assert.equal(before(5), 'just now');
  assert.equal(before(240), '4 min ago');
  assert.equal(before(86_400), 'yesterday');
  assert.equal(before(40 * 86_400), '27 Mar');
  assert.equal(before(400 * 86_400), '1 Apr 2030');
  assert.match(ago(new Date(now - 240_000), now, 'de'), /vor 4 Min/);
});

test('a time in the future, by a clock that is ahead, is now', () => assert.equal(before(-90), 'just now'));

test('a second copy counts up before the ending', () => {
  assert.deepEqual(['plan.pdf', 'plan (2).pdf', 'plan', '.profile', 'a.tar.gz', 'x (y).md'].map(nextName), ['plan (2).pdf', 'plan (3).pdf', 'plan (2)', '.profile (2)', 'a.tar (2).gz', 'x (y) (2).md']);
});

test('what is no media type is octets', () => {
  assert.equal(mediaType('image/png'), 'image/png');
  assert.equal(mediaType(''), 'application/octet-stream');
  assert.equal(mediaType('text/plain; charset=x'), 'application/octet-stream');
});

test('counts and waiting times', () => {
  assert.deepEqual([plural(1, 'item'), plural(2, 'item')], ['1 item', '2 items']);
  assert.deepEqual([20, 600, 7200].map(left), ['less than a minute', 'about 10 min', 'about 2 h']);
});
