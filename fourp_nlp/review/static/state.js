/**
 * What the page knows: the document, its segments, where the reader is.
 * Nothing here touches the page itself.
 *
 * @typedef {{code:number,state:'suggested'|'accepted'|'rejected'|'blind',p:number|null,why?:string,words?:string[],bulk?:boolean,suggested?:boolean,decided?:string}} Mark
 * @typedef {{code:number,start:number,end:number,state:'span'|'earlier',memo?:string,memo_more?:boolean}} Span
 * @typedef {{i:number,start:number,spans:Span[],text:string,speaker:string,role:string,paragraph:number,context:boolean,marks:Mark[],candidates:{code:number,p:number}[]}} Segment
 * @typedef {{segment:number,code:number,value:boolean|null,was:boolean|null}} Item
 */

/** Segments in one block; a block is fetched at once. */
export const BLOCK = 200;

/** Suggestions between these probabilities count as unsure. */
export const UNSURE = [0.35, 0.65];

export const state = {
  document: 0,
  count: 0,
  version: 0,
  /** @type {Map<number, object>} */
  codes: new Map(),
  progress: { open: 0, decided: 0, finished: false },
  undo: null,
  redo: null,
  machine: '',
  /** @type {Segment[]} sparse: only what was loaded */
  segments: [],
  current: -1,
  /** @type {number|null} code of the current mark */
  mark: null,
  /** @type {string|null} key of the current passage; then the current mark is none */
  span: null,
  /** @type {{from:{i:number,at:number},to:{i:number,at:number}}|null} words that the reader chose */
  chosen: null,
  sha256: '',
  moving: false,
  filters: { code: null, speaker: null, state: '', least: 0, most: 1, differ: '', unsure: false },
  /** @type {Map<number, Set<number>>} where other people differ: codes by segment */
  differing: new Map(),
  find: { text: '', hits: [], at: -1 },
  /** @type {Map<number, string>} notes beside segments: 'unsaved' or 'elsewhere' */
  notes: new Map(),
};

/** @param {number} code @returns {object} the code, or a stand-in for an unknown number */
export function codeOf(code) {
  return state.codes.get(code) || { code, id: '', name: `Code ${code}`, theme: '', hue: 0 };
}

/** @param {number} code @returns {string} class for its colour */
export function hueOf(code) {
  return `hue-${Math.abs(Math.trunc(codeOf(code).hue) || 0) % 12}`;
}

/** @param {Segment} segment @param {number|null} code @returns {Mark|undefined} */
export function markOf(segment, code) {
  return segment.marks.find((mark) => mark.code === code);
}

/** @param {{start:number,end:number,code:number}} span @returns {string} what no two passages have in common */
export function spanKey(span) {
  return `${span.start}-${span.end}-${span.code}`;
}

/** @param {Segment} segment @param {string|null} key @returns {Span|undefined} */
export function spanOf(segment, key) {
  return key === null ? undefined : segment.spans.find((span) => spanKey(span) === key);
}

/** @param {Mark|undefined} mark @returns {boolean|null} the decision a mark shows */
export function valueOf(mark) {
  if (!mark || mark.state === 'suggested') return null;
  return mark.state !== 'rejected';
}

/** @param {Mark} mark @returns {boolean} whether the person and the machine differ */
function differsFromMachine(mark) {
  const value = valueOf(mark);
  return value !== null && value !== Boolean(mark.suggested);
}

/** @param {Segment} segment @param {Mark} mark @returns {boolean} whether the filters of marks let it through, whatever is decided */
function fits(segment, mark) {
  const { code, least, most, differ, unsure } = state.filters;
  if (code !== null && mark.code !== code) return false;
  if ((least > 0 || most < 1) && (mark.p === null || mark.p < least || mark.p > most)) return false;
  if (differ === 'machine' && !differsFromMachine(mark)) return false;
  if (differ === 'coders' && !state.differing.get(segment.i)?.has(mark.code)) return false;
  return !unsure || isUnsure(mark);
}

/** @param {Segment} segment @returns {Mark[]} open suggestions that the filters let through */
export function openMarks(segment) {
  return segment.marks.filter((mark) => mark.state === 'suggested' && fits(segment, mark));
}

/** @param {Mark} mark @returns {boolean} */
export function isUnsure(mark) {
  return mark.p !== null && mark.p >= UNSURE[0] && mark.p <= UNSURE[1];
}

/** @returns {boolean} whether open suggestions are few among what the filters show */
export function narrowed() {
  const { code, speaker, least, most, differ, unsure } = state.filters;
  return code !== null || speaker !== null || least > 0 || most < 1 || differ !== '' || unsure;
}

/** @returns {boolean} whether unsure suggestions are shown, and nothing else chooses among them */
export function onlyUnsure() {
  const { unsure, code, speaker, least, most, differ } = state.filters;
  return unsure && code === null && speaker === null && least === 0 && most === 1 && differ === '';
}

/** @returns {boolean} whether any filter is on */
export function filtering() {
  return narrowed() || state.filters.state !== '';
}

/** @param {Segment} segment @returns {boolean} whether the filters show it */
export function passes(segment) {
  const { code, speaker, least, most, differ, unsure } = state.filters;
  if (speaker !== null && segment.speaker !== speaker) return false;
  if (unsure || state.filters.state === 'open') return openMarks(segment).length > 0;
  const wanted = { accepted: ['accepted', 'blind'], rejected: ['rejected'] }[state.filters.state];
  const anyProbability = least === 0 && most === 1;
  const inSpan = anyProbability && !differ && state.filters.state !== 'rejected'
    && segment.spans.some((span) => code === null || span.code === code);
  if (wanted) {
    return inSpan || segment.marks.some((mark) => wanted.includes(mark.state) && fits(segment, mark));
  }
  if (differ === 'coders' && anyProbability) {
    const codes = state.differing.get(segment.i);
    return Boolean(codes) && (code === null || codes.has(code));
  }
  if (code === null && anyProbability && !differ) return true;
  return inSpan || segment.marks.some((mark) => fits(segment, mark));
}

/** @param {Segment} segment @returns {number|null} the mark to begin with */
export function firstMark(segment) {
  const open = openMarks(segment)[0] || segment.marks.find((mark) => mark.state === 'suggested');
  return open ? open.code : segment.marks.length ? segment.marks[0].code : null;
}

/**
 * Change a segment as the server will; its answer corrects us later.
 * @param {Segment} segment
 * @param {Item} item
 */
export function applyLocally(segment, item) {
  const mark = markOf(segment, item.code);
  if (mark) mark.memo = ''; // it goes with the coding that it was on
  if (item.value === null) {
    if (!mark) return;
    if (mark.p === null || mark.added) segment.marks.splice(segment.marks.indexOf(mark), 1);
    else mark.state = 'suggested';
  } else if (mark) {
    mark.state = item.value ? 'accepted' : 'rejected';
    mark.bulk = false;
  } else {
    const likely = segment.candidates.find((one) => one.code === item.code);
    segment.marks.push({
      code: item.code, state: item.value ? 'accepted' : 'rejected', p: likely ? likely.p : null,
      why: '', words: [], bulk: false, added: true,
    });
  }
}

/** @param {number|null} p @returns {string} "83%" */
export function percent(p) {
  if (p === null || p === undefined) return '';
  if (p > 0 && p < 0.01) return 'under 1%';
  if (p < 1 && p > 0.99) return 'over 99%';
  return `${Math.round(p * 100)}%`;
}

/** @param {number} n @param {string} one @param {string} [many] @returns {string} "1 place", "2 places" */
export function counted(n, one, many = `${one}s`) {
  return `${n.toLocaleString('en-GB')} ${n === 1 ? one : many}`;
}
