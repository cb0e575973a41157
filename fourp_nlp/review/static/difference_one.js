/** One difference: the passage, what each coder gave, the definitions, and what is decided. */
import { state, codeOf, counted } from './state.js';
import { make } from './render.js';
import { fill, name } from './say.js';
import { codeLabel } from './difference_list.js';
import { draftKey, LETTERS, NUMBERED, page, when } from './difference_state.js';

const $ = (id) => document.getElementById(id);
/** @type {number[]} codes by their number keys, from 1 */
let numbered = [];

/** @param {object} one a coder @returns {Node} the name */
function coderName(one) {
  return one.machine ? document.createTextNode('the machine') : name(one.name);
}

/** @returns {Set<number>} the codes that apply as things stand: agreed, or decided */
function standing() {
  const { one } = page;
  const codes = new Set(one.agreed);
  for (const each of one.decisions) {
    if (each.value) codes.add(each.code);
    else codes.delete(each.code);
  }
  return codes;
}

/** Show the difference that the page knows. */
export function paintOne() {
  const { one } = page;
  page.ticked = standing();
  page.touched = false;
  fill($('one-document'), one.document);
  $('one-number').textContent = `, segment ${(one.segment + 1).toLocaleString('en-GB')}`;
  $('one-speaker').hidden = !one.speaker;
  fill($('one-speaker'), name(one.speaker));
  for (const part of ['before', 'text', 'after']) $(`one-${part}`).textContent = one[part];
  $('one-text').scrollTop = 0;
  paintStands();
  paintViews();
  paintTicks();
  paintPairs();
  paintDefinitions();
  const notes = [...new Set(one.decisions.filter((each) => each.here).map((each) => each.note))].filter(Boolean);
  $('note').value = notes.join('\n');
  $('note').dataset.saved = $('note').value;
  if (page.drafts.has(draftKey())) $('note').value = page.drafts.get(draftKey());
  paintNote();
  $('reopen').hidden = !one.decisions.some((each) => each.here);
  $('skip').firstChild.textContent = one.open ? 'Skip: leave it open ' : 'Next open ';
}

/** What is decided, by whom. */
function paintStands() {
  const { one } = page;
  const box = $('stands');
  const changed = one.decisions.some((each) => each.changed);
  box.classList.toggle('is-changed', changed);
  const parts = [];
  if (changed) {
    parts.push(make('p', '', 'Codings of this passage were changed after it was decided. The decision counts until you decide anew or make it open again.'));
  }
  const bySame = new Map();
  for (const each of one.decisions) {
    const key = JSON.stringify([each.by, each.at, each.note]);
    if (!bySame.has(key)) bySame.set(key, []);
    bySame.get(key).push(each);
  }
  for (const group of bySame.values()) {
    const line = make('p');
    const words = ['Settled: '];
    group.forEach((each, k) => words.push(k ? ', ' : '', codeLabel(each.code), each.value ? ' applies' : ' does not apply'));
    fill(line, ...words, '. Decided by ', name(group[0].by), `, ${when(group[0].at)}.`);
    parts.push(line);
    if (group[0].note) {
      const note = make('p', 'stands-note', group[0].note);
      note.dir = 'auto';
      parts.push(note);
    }
  }
  box.replaceChildren(...parts);
}

/** Each coder's codes, with the key that settles for this view. */
function paintViews() {
  const { one } = page;
  const disputed = new Set(one.disputed);
  const value = new Map(one.decisions.map((each) => [each.code, each.value]));
  const decided = one.disputed.length > 0 && one.disputed.every((code) => value.has(code))
    && one.decisions.every((each) => disputed.has(each.code) || !each.here);
  const list = $('views');
  list.classList.toggle('is-many', one.by.length > 2);
  $('thumb-views').replaceChildren();
  list.replaceChildren(...one.by.map((each, k) => {
    const box = make('li', 'view');
    const given = new Set(each.codes);
    box.classList.toggle('is-chosen', decided && each.views && one.disputed.every((code) => given.has(code) === value.get(code)));
    const who = make('p', 'view-name');
    fill(who, coderName(each));
    const codes = make('div', 'view-codes');
    const order = [...each.codes.filter((code) => disputed.has(code)), ...each.codes.filter((code) => !disputed.has(code))];
    for (const code of order) {
      const line = make('p', `view-code ${disputed.has(code) ? 'is-disputed' : 'is-agreed'}`);
      line.append(codeLabel(code));
      const likely = each.machine && one.probability[code];
      if (likely) line.append(make('span', 'muted', ` ${Math.round(likely * 100)}%`));
      codes.append(line);
    }
    if (!each.read) codes.append(make('p', 'view-none', 'did not read this passage'));
    else if (!each.codes.length) codes.append(make('p', 'view-none', each.views ? 'no code' : 'did not look for these codes'));
    box.append(who, codes);
    if (each.views) box.append(viewButton(each, k));
    if (each.views && k < 2) {
      const thumb = viewButton(each, k, true);
      $('thumb-views').append(thumb);
    }
    return box;
  }));
}

/** @param {object} each @param {number} k @param {boolean} [short] @returns {HTMLElement} */
function viewButton(each, k, short = false) {
  const button = make('button', short ? 'strong' : '');
  button.type = 'button';
  button.dataset.do = 'view';
  button.dataset.k = String(k);
  if (short) fill(button, coderName(each));
  else {
    fill(button, 'As ', coderName(each), ' ');
    if (k < LETTERS.length) {
      const key = make('kbd', '', LETTERS[k]);
      key.setAttribute('aria-hidden', 'true');
      button.append(key);
    }
  }
  return button;
}

/** The codes that number keys tick. */
export function paintTicks() {
  const { one } = page;
  const possible = new Set(one.possible);
  const first = [...one.disputed, ...[...page.ticked, ...one.agreed].filter((code) => !one.disputed.includes(code))];
  const others = [...state.codes.keys()].filter((code) => possible.has(code));
  const before = numbered.length && numbered.at === `${one.document} ${one.segment}` ? numbered : [];
  const order = [...new Set([...before, ...first, ...others])];
  numbered = order.slice(0, Math.max(NUMBERED, new Set([...before, ...first]).size));
  numbered.at = `${one.document} ${one.segment}`;
  const held = $('ticks').contains(document.activeElement) ? document.activeElement.dataset.code : null;
  $('ticks').replaceChildren(...numbered.map((code, k) => {
    const item = make('li');
    const button = make('button', 'tick-code');
    button.type = 'button';
    button.dataset.do = 'tick';
    button.dataset.code = String(code);
    button.setAttribute('aria-pressed', String(page.ticked.has(code)));
    if (k < NUMBERED) {
      const key = make('kbd', '', String(k + 1));
      key.setAttribute('aria-hidden', 'true');
      button.append(key);
    }
    const label = codeLabel(code);
    label.classList.add('tick-name');
    button.append(label);
    item.append(button);
    return item;
  }));
  if (held !== null) $('ticks').querySelector(`[data-code="${held}"]`)?.focus();
  $('settle-codes').disabled = !page.touched;
}

/** @param {number} code tick it, or take the tick away */
export function toggle(code) {
  if (page.ticked.has(code)) page.ticked.delete(code);
  else page.ticked.add(code);
  page.touched = true;
  paintTicks();
}

/** @param {number} number a number key @returns {number|undefined} its code */
export function codeAt(number) {
  return numbered[number - 1];
}

/** Whether the comment can be saved alone. */
export function paintNote() {
  const { one } = page;
  const decided = one && one.decisions.some((each) => each.here);
  const same = $('note').value.trim() === $('note').dataset.saved.trim();
  $('save-note').hidden = !decided || same;
  if (one && same) page.drafts.delete(draftKey());
  else if (one) page.drafts.set(draftKey(), $('note').value);
}

/** How often the same codes are confused. */
function paintPairs() {
  const { one } = page;
  const lines = one.pairs.map((pair) => {
    const line = make('p');
    fill(line, codeLabel(pair.one), ' and ', codeLabel(pair.other),
      ` stand for each other in ${counted(pair.count, 'passage')}${pair.count === 1 ? ': this one alone' : ' that these coders read'}.`);
    return line;
  });
  for (const code of one.disputed) {
    const count = one.alone[code];
    const line = make('p', 'muted');
    fill(line, codeLabel(code), count === 1 ? ': these coders differ over it here alone.' : `: these coders differ over it in ${counted(count, 'passage')}.`);
    lines.push(line);
  }
  $('pairs').replaceChildren(...lines);
}

/** The definitions of the codes at odds, in full. */
function paintDefinitions() {
  const { one } = page;
  const codes = [...new Set([...one.disputed, ...one.decisions.map((each) => each.code)])];
  $('definition-list').replaceChildren(...codes.map((number) => {
    const code = codeOf(number);
    const box = make('section', 'definition');
    const title = make('h2');
    title.append(codeLabel(number));
    const body = make('div', 'book-body');
    const part = (heading, text) => {
      const texts = (Array.isArray(text) ? text : [text]).filter(Boolean);
      if (!texts.length) return;
      if (heading) body.append(make('h3', 'book-part', heading));
      for (const each of texts) {
        const line = make('p', heading === 'Examples' ? 'book-example' : '', each);
        line.dir = 'auto';
        body.append(line);
      }
    };
    part('', code.short);
    if (code.full !== code.short) part('Definition', code.full);
    part('When to use', code.when);
    part('When not to use', code.not);
    part('Examples', code.examples);
    box.append(title, body);
    return box;
  }));
  $('definitions').scrollTop = 0;
}
