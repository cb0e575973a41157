/** The passages behind a number: text, what stands around it, and who gave which code. */
import { make } from './render.js';
import { counted, percent } from './state.js';
import { name } from './say.js';

/** @param {Node[]} names @returns {(string|Node)[]} with commas between */
function listed(names) {
  return names.flatMap((one, k) => (k ? [', ', one] : [one]));
}

/** @param {string} className @param {string} text @returns {HTMLElement} text in whatever direction */
export function words(className, text) {
  const line = make('p', className);
  line.dir = 'auto';
  line.textContent = text;
  return line;
}

/**
 * @param {{name:string,machine:boolean,read:boolean,codes:number[],with_suggestions:number[]}} coder
 * @param {{code:number,p:number,suggested:boolean}[]} said what the machine says of the chosen codes
 * @param {(code:number) => string} nameOf
 * @returns {HTMLElement}
 */
function drawCoder(coder, said, nameOf) {
  const line = make('li', coder.machine ? 'pass-coder is-machine' : 'pass-coder');
  line.append(...(coder.machine ? ['The machine'] : [name(coder.name)]), ': ');
  if (!coder.read) line.append('did not read this');
  else if (!coder.codes.length) line.append('no code');
  else {
    line.append(...listed(coder.codes.map((code) => {
      const one = make('span');
      one.append(name(nameOf(code)));
      const p = coder.machine && said.find((each) => each.code === code);
      if (p) one.append(` ${percent(p.p)}`);
      if (coder.with_suggestions.includes(code)) one.append(' (accepted a suggestion)');
      return one;
    })));
  }
  return line;
}

/** @param {object} passage @param {(code:number) => string} nameOf @returns {HTMLElement} */
function drawWho(passage, nameOf) {
  const list = make('ul', 'pass-who');
  list.setAttribute('aria-label', 'Who coded it');
  list.append(...passage.coders.map((coder) => drawCoder(coder, passage.machine, nameOf)));
  if (!passage.coders.some((coder) => coder.machine)) {
    for (const said of passage.machine) {
      const line = make('li', 'pass-coder is-machine', said.suggested ? 'The machine suggests ' : 'The machine does not suggest ');
      line.append(name(nameOf(said.code)), `, ${percent(said.p)}`);
      list.append(line);
    }
  }
  return list;
}

/** @param {object} passage @param {(code:number) => string} nameOf @returns {HTMLElement} */
export function drawPassage(passage, nameOf) {
  const item = make('li', 'pass');
  const place = make('p', 'pass-place');
  const link = make('a');
  link.href = `/documents/${Number(passage.document_number)}#s${Number(passage.segment)}`;
  link.append(name(passage.document), `, segment ${passage.segment + 1}`);
  if (passage.segments > 1) link.append(` and ${counted(passage.segments - 1, 'more', 'more')}`);
  place.append(link);
  if (passage.speaker) place.append(' · ', name(passage.speaker));
  if (passage.role) place.append(' (', name(passage.role), ')');
  item.append(place);
  if (passage.before) item.append(words('pass-around', passage.before));
  item.append(words('pass-text', passage.cut ? `${passage.text}…` : passage.text));
  if (passage.after) item.append(words('pass-around', passage.after));
  item.append(drawWho(passage, nameOf));
  return item;
}
