/** The list of differences: who is compared, filters, counts. */
import { codeOf, counted, hueOf } from './state.js';
import { make } from './render.js';
import { fill, name } from './say.js';
import { ask, page, PART, query } from './difference_state.js';

const $ = (id) => document.getElementById(id);
let shown = 0;
let asked = 0;

/** @param {number} code @returns {HTMLElement} sign and name of a code */
export function codeLabel(code) {
  const label = make('span', 'code-label');
  const sign = make('span', `swatch ${hueOf(code)}`);
  sign.setAttribute('aria-hidden', 'true');
  label.append(sign, name(codeOf(code).name));
  return label;
}

/** @param {() => void} changed called when other coders are chosen */
export function drawPeople(changed) {
  const box = $('who');
  const all = [...page.people, ...(page.machine ? [page.machine] : [])];
  box.replaceChildren(...all.map((one, k) => {
    const label = make('label', 'tick');
    const input = make('input');
    input.type = 'checkbox';
    input.value = String(k);
    input.addEventListener('change', () => {
      const chosen = [...box.querySelectorAll('input')].filter((each) => each.checked).map((each) => all[Number(each.value)]);
      page.coders = chosen.length ? chosen : [];
      changed();
    });
    label.append(input, one === page.machine ? make('span', '', 'the machine') : name(one));
    if (one === page.machine) label.title = one;
    return label;
  }));
}

/** Tick those who are compared. */
function paintPeople() {
  const all = [...page.people, ...(page.machine ? [page.machine] : [])];
  for (const input of $('who').querySelectorAll('input')) {
    const one = all[Number(input.value)];
    input.checked = page.coders.includes(one);
  }
}

/** Counts, undo and redo, here and in the header. */
export function paintStanding() {
  const { standing } = page;
  if (!standing) return;
  const { open, settled, all, changed } = standing.counts;
  const bar = $('bar');
  bar.max = all || 1;
  bar.value = all ? settled : 1;
  $('progress-text').textContent = all ? `${open.toLocaleString('en-GB')} open, ${settled.toLocaleString('en-GB')} settled` : 'No differences';
  $('n-open').textContent = open.toLocaleString('en-GB');
  $('n-settled').textContent = settled.toLocaleString('en-GB');
  $('n-changed').textContent = changed.toLocaleString('en-GB');
  $('changed-box').hidden = !changed;
  $('begin').disabled = !open;
  const left = standing.left_out;
  $('left-out').hidden = !left;
  $('left-out').textContent = left === 1
    ? '1 passage is left out here: it was drawn for you (fourp next), and you have not coded it yet.'
    : `${left.toLocaleString('en-GB')} passages are left out here: they were drawn for you (fourp next), and you have not coded them yet.`;
  for (const [id, what, key] of [['undo', standing.undo, 'z'], ['redo', standing.redo, 'y']]) {
    $(id).disabled = !what;
    $(id).title = what ? `${id === 'undo' ? 'Undo' : 'Redo'}: ${what} (${key})` : '';
  }
  $('thumb-undo').disabled = !standing.undo;
}

/** @param {HTMLSelectElement} select @param {[string,string][]} choices @param {string} value */
function fillSelect(select, choices, value) {
  const first = select.firstElementChild;
  select.replaceChildren(first, ...choices.map(([key, text]) => {
    const option = make('option', '', text);
    option.value = key;
    return option;
  }));
  select.value = value;
  if (select.value !== value) select.value = '';
}

/** @param {object} choices what the filters offer */
function paintFilters(choices) {
  const { filters } = page;
  fillSelect($('filter-code'), choices.codes.map((code) => [String(code), codeOf(code).name]), filters.code);
  fillSelect($('filter-document'), choices.documents.map((each) => [each, each]), filters.in_document);
  fillSelect($('filter-group'), choices.groups.map((each) => [each, each]), filters.group);
  $('filter-group-box').hidden = !choices.groups.length;
  $('filter-state').value = filters.state;
}

/** @returns {boolean} whether any filter is on */
export function filtered() {
  const { filters } = page;
  return Boolean(filters.code || filters.in_document || filters.group || filters.state !== 'all');
}

/**
 * Ask for the list and show it.
 * @param {boolean} [more] the next part
 */
export async function showList(more = false) {
  asked += 1;
  const mine = asked;
  const { in_document: inside, ...rest } = page.filters;
  const search = query(null, { ...rest, document: inside, from: more ? shown : 0, count: PART });
  let answer;
  try {
    answer = await ask('', search);
  } catch (error) {
    if (mine !== asked) return;
    if (!error.status) throw error;
    paintPeople();
    $('problem').textContent = error.message;
    $('problem').hidden = false;
    $('standing').hidden = true;
    $('list').replaceChildren();
    $('matching').textContent = '';
    $('more').hidden = true;
    $('unused').hidden = true;
    $('progress-text').textContent = '';
    return;
  }
  if (mine !== asked) return;
  page.standing = answer;
  page.version = answer.version;
  page.coders = answer.coders;
  $('problem').hidden = true;
  $('standing').hidden = false;
  paintPeople();
  paintStanding();
  paintFilters(answer.choices);
  paintUnused(answer.unused);
  const rows = answer.items.map(drawRow);
  if (more) $('list').append(...rows);
  else $('list').replaceChildren(...rows);
  shown = (more ? shown : 0) + rows.length;
  $('more').hidden = shown >= answer.matching;
  $('matching').textContent = answer.counts.all === 0 ? 'These coders do not differ anywhere.'
    : filtered() ? `${counted(answer.matching, 'difference')} of ${answer.counts.all.toLocaleString('en-GB')}`
      : counted(answer.counts.all, 'difference');
}

/** @param {object} item @returns {HTMLElement} */
function drawRow(item) {
  const row = make('li', 'diff-row');
  row.classList.toggle('is-open', item.open > 0);
  row.classList.toggle('is-changed', item.changed);
  const body = make('div');
  const open = make('button', 'diff-open');
  open.type = 'button';
  open.dataset.do = 'open';
  open.dataset.document = item.document;
  open.dataset.segment = String(item.segment);
  const text = make('span', '', item.text);
  text.dir = 'auto';
  open.append(text);
  const where = make('p', 'diff-where');
  fill(where, name(item.document), `, segment ${(item.segment + 1).toLocaleString('en-GB')}`, ...(item.speaker ? [' · ', name(item.speaker)] : []));
  body.append(open, where);
  const codes = make('p', 'diff-codes');
  codes.append(...item.codes.map(codeLabel));
  const state = item.changed ? 'codings changed since' : item.open ? 'open' : 'settled';
  row.append(body, codes, make('p', 'diff-state', state));
  return row;
}

/** @param {{count:number, items:object[]}} unused */
function paintUnused(unused) {
  $('unused').hidden = !unused.count;
  $('unused-count').textContent = unused.count === 1 ? '1 decision is not used' : `${unused.count.toLocaleString('en-GB')} decisions are not used`;
  $('unused-list').replaceChildren(...unused.items.map((one) => {
    const item = make('li');
    fill(item, name(one.document), `, characters ${one.start.toLocaleString('en-GB')} to ${one.end.toLocaleString('en-GB')}: `,
      name(one.code), one.settled ? ' applies' : ' does not apply', ', decided by ', name(one.decided_by));
    return item;
  }));
}

/** @returns {HTMLButtonElement[]} the differences of the list, to move among them */
export function listButtons() {
  return [...$('list').querySelectorAll('.diff-open')];
}
