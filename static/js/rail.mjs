// The rail: its filter's counts and the strip follow what is tagged, by whomever.

import {tellOfCorrection} from './corrected.mjs';
import * as server from './server.mjs';
import {isOfAnotherText, listenToAnswers} from './swap.mjs';
import {main} from './text.mjs';

// When to ask again, in ms: so long after the last change, and at the latest so long after the first.
const OWN = [300, 2_000];
const OF_OTHERS = [2_000, 4_000];

const {address} = main.dataset;
const listeners = [];
let asked = 0; // of what was asked for, the newest alone counts
let flights = 0; // of what changes what is shown: it is not overtaken by what only counts again
let timer = null;
let due = Infinity; // when it is asked for again
let latest = Infinity;

// Hear of every change of what is shown.
export const listen = listener => listeners.push(listener);

export function tell() {
  for (const listener of listeners) listener();
}

export const filter = () => main.querySelector('.filter');
export const strip = () => main.querySelector('.strip');

// Fetch the rail for an address's arguments, with all blocks where `isWhole`: the answer, or null where a newer one was
// asked for meanwhile.
export async function ask(query, {isWhole = false} = {}) {
  asked += 1;
  const number = asked;
  clearTimeout(timer);
  due = latest = Infinity;
  flights += Number(isWhole);
  const answer = await server.get(`${address}${isWhole ? '' : '/rail'}${query}`);
  flights -= Number(isWhole);
  return number === asked ? answer : null;
}

// Heed no answer that is still on its way.
export function forget() {
  asked += 1;
}

// Put a fresh rail in place of the one that is shown; the focus stays where it is.
export function take(body) {
  const [old, fresh] = [filter(), body.querySelector('.filter')];
  const focus = old.contains(document.activeElement) ? document.activeElement : null;
  const isUnfolded = old.querySelector('.more-themes')?.open;
  old.replaceChildren(...document.importNode(fresh, true).childNodes);
  if (isUnfolded) old.querySelector('.more-themes')?.setAttribute('open', '');
  Object.assign(old.dataset, fresh.dataset);
  if (focus) focusAgain(old, focus);
  strip().replaceWith(document.importNode(body.querySelector('.strip'), true));
  showTotal(old.dataset.total);
  tell();
}

// Say how many annotations there are: above the text, and at the links to files, which hold those without a place, too.
function showTotal(words) {
  const total = main.querySelector('.byline .total');
  const more = numberIn(words) - numberIn(total.textContent);
  total.textContent = words;
  for (const place of main.querySelectorAll('.in-files')) place.textContent = written(numberIn(place.textContent) + more);
}

function focusAgain(form, {name, value}) {
  const boxes = [...form.querySelectorAll('input:not([type=hidden])')];
  const again = boxes.find(box => box.name === name && box.value === value) ?? boxes.find(box => box.checked) ?? boxes[0];
  again.focus({preventScroll: true});
}

const boxesOf = name => [...filter().elements].filter(box => box.name === name);
const written = number => number.toLocaleString('en');
const numberIn = words => Number(words.replace(/\D/g, ''));

function countAt(box, by) {
  const place = by && box?.closest('label').querySelector('.n');
  if (!place) return;
  const count = numberIn(place.textContent) + by;
  place.textContent = written(count);
  if (count > 0) box.closest('.withs')?.removeAttribute('hidden');
  if (count > 0) box.closest('label').hidden = false;
}

// The tags, in their order.
export const tags = () => boxesOf('tag').map(box => box.value);

// What the filter asks for, by the names of its boxes: what is ticked. All of a kind that there are no boxes of.
function askedFor() {
  const ticked = name => boxesOf(name).filter(box => box.checked).map(box => box.value);
  const lists = Object.fromEntries(['tag', 'annotator', 'with', 'thread', 'theme'].map(name => [name, ticked(name)]));
  return {...lists, annotator: boxesOf('annotator').length ? lists.annotator : null, shows: ticked('shows')[0]};
}

// Whether an annotation {tag, annotator, says} is shown where this is asked for, as the server has it.
function isShown(one, {tag, annotator, shows, with: withs, thread, theme}) {
  return (
    one !== null &&
    tag.includes(one.tag) &&
    (annotator === null || annotator.includes(one.annotator)) &&
    (shows !== 'mine' || one.annotator === document.body.dataset.account) &&
    withs.every(name => one.says.includes(name)) &&
    [thread, theme].every(list => list.length === 0 || list.some(name => one.says.includes(name)))
  );
}

// Count an annotation as it is now in place of as it was: beside all that would show it. Either is null where there is
// none. Says whether it is shown now.
export function count(before, after) {
  if (!flights) forget(); // what is on its way counts as it was
  const now = askedFor();
  const by = other => Number(isShown(after, other)) - Number(isShown(before, other));
  for (const box of [...filter().elements]) {
    if (box.name in now) countAt(box, by({...now, [box.name]: box.name === 'shows' ? box.value : [box.value]}));
  }
  const total = numberIn(filter().dataset.total) + Number(after !== null) - Number(before !== null);
  const shown = Number(filter().dataset.shown) + by(now);
  Object.assign(filter().dataset, {total: `${written(total)} ${total === 1 ? 'annotation' : 'annotations'}`, shown});
  showTotal(filter().dataset.total);
  filter().querySelector('.shown span')?.replaceChildren(`${written(shown)} of ${written(total)} shown`);
  return isShown(after, now);
}

async function refresh() {
  if (document.hidden) return; // until it is seen again
  if (flights) {
    latest = Infinity;
    refreshIn(OWN);
    return;
  }
  const answer = await ask(location.search);
  if (answer?.status !== 200) return;
  if (isOfAnotherText(answer.body)) tellOfCorrection();
  else take(answer.body);
}

// All who have the article open ask: `chance` parts them.
function refreshIn([pause, most], chance = 1) {
  const now = Date.now();
  latest = Math.min(latest, now + most * chance);
  due = Math.min(now + pause * chance, latest);
  clearTimeout(timer);
  timer = setTimeout(refresh, due - now);
}

listenToAnswers(body => {
  if (body.querySelector('.filter')) return; // it is a rail itself
  const isOwn = body.querySelector('.answer').dataset.annotation !== undefined;
  if (isOwn) refreshIn(OWN);
  else refreshIn(OF_OTHERS, 1 + Math.random());
});
document.addEventListener('visibilitychange', () => {
  if (due !== Infinity && Date.now() >= due) refresh();
});
