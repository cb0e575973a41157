/** Load the text in blocks, when they come near the view. */
import { state, BLOCK } from './state.js';
import { get, Unreachable } from './api.js';
import { drawSegment, elementOf, make, paintMarks, paintText } from './render.js';

const blocks = [];
const near = new Set();
const listeners = { loaded: () => {}, overlay: () => {} };
let observer = null;

/** @param {(segments:object[]) => void} loaded @param {(segment:object) => void} overlay unsaved decisions */
export function onLoaded(loaded, overlay) {
  listeners.loaded = loaded;
  listeners.overlay = overlay;
}

/** Make the empty blocks. @param {HTMLElement} root */
export function layBlocks(root) {
  observer = new IntersectionObserver((entries) => {
    for (const entry of entries) {
      const b = Number(entry.target.dataset.block);
      if (entry.isIntersecting) {
        near.add(b);
        if (!blocks[b].done) load(b).catch(() => {});
        else if (blocks[b].stale) refresh(b).catch(() => {});
      } else near.delete(b);
    }
  }, { rootMargin: '1500px 0px' });
  for (let b = 0; b * BLOCK < state.count; b += 1) {
    const element = make('div', 'block is-waiting');
    element.dataset.block = String(b);
    element.style.height = `${height(b, 72)}px`;
    blocks.push({ element, done: false, stale: false, promise: null });
    root.append(element);
  }
}

/** Begin to watch; called once the first position is known. */
export function watchBlocks() {
  for (const block of blocks) observer.observe(block.element);
}

/** @param {number} b @param {number} each @returns {number} estimated height */
function height(b, each) {
  return Math.min(BLOCK, state.count - b * BLOCK) * each;
}

/** @param {number} b @returns {Promise<object[]>} */
async function fetchBlock(b) {
  const answer = await get(`/api/documents/${state.document}/segments`, { from: b * BLOCK, count: BLOCK });
  for (const segment of answer.segments) listeners.overlay(segment);
  return answer.segments;
}

/** @param {number} b @returns {Promise<void>} */
export function load(b) {
  const block = blocks[b];
  if (!block || block.done) return Promise.resolve();
  if (!block.promise) {
    block.promise = fetchBlock(b).then((segments) => {
      const first = !blocks.some((one) => one.done);
      const fragment = document.createDocumentFragment();
      for (const segment of segments) state.segments[segment.i] = segment;
      for (const segment of segments) fragment.append(drawSegment(segment));
      keepInPlace(() => {
        block.element.replaceChildren(fragment);
        block.element.style.height = '';
        block.element.classList.remove('is-waiting', 'is-failed');
        const real = block.element.getBoundingClientRect().height;
        block.element.style.containIntrinsicSize = `auto ${Math.max(1, Math.round(real))}px`;
        block.element.classList.add('is-loaded'); // from here on drawn only when near the view
      });
      block.done = true;
      if (first && segments.length) estimateAll(block.element.getBoundingClientRect().height / segments.length);
      listeners.loaded(segments);
    }).catch((error) => {
      block.promise = null;
      if (error instanceof Unreachable) {
        block.element.classList.add('is-failed');
        setTimeout(() => { if (near.has(b)) load(b).catch(() => {}); }, 3000);
      }
      throw error;
    });
  }
  return block.promise;
}

/** @returns {Element|null} a segment that is in view now */
function boxInView() {
  const { left, width } = document.getElementById('text').getBoundingClientRect();
  for (const part of [0.3, 0.5, 0.7, 0.15, 0.9]) {
    const hit = document.elementFromPoint(left + Math.min(120, width / 2), window.innerHeight * part);
    const box = hit && hit.closest('.seg');
    if (box) return box;
  }
  return null;
}

/**
 * Change heights above the reader without moving what is read.
 * @param {() => void} change
 */
function keepInPlace(change) {
  const box = boxInView() || elementOf(state.current);
  const before = box ? box.getBoundingClientRect().top : 0;
  change();
  if (!box || before < -window.innerHeight || before > window.innerHeight * 2) return;
  const moved = box.getBoundingClientRect().top - before;
  if (Math.abs(moved) > 0.5) window.scrollBy({ top: moved, behavior: 'auto' });
}

/** After the first block its true height is the best guess for the others. @param {number} each */
function estimateAll(each) {
  if (!(each > 10)) return;
  blocks.forEach((block, b) => {
    if (!block.done) block.element.style.height = `${Math.round(height(b, Math.min(each, 400)))}px`;
  });
}

/** @param {number} i @returns {Promise<object|undefined>} the segment, loaded if need be */
export async function ensure(i) {
  if (!state.segments[i]) await load(Math.floor(i / BLOCK));
  return state.segments[i];
}

/** Load everything, for printing. */
export async function loadAll() {
  for (let b = 0; b < blocks.length; b += 1) await load(b);
}

/**
 * Take segments from the server; only those that differ are painted.
 * @param {object[]} segments
 * @returns {number[]} numbers of those that differ
 */
export function takeSegments(segments) {
  const changed = [];
  for (const segment of segments) {
    const old = state.segments[segment.i];
    if (!old) continue;
    listeners.overlay(segment);
    const differs = JSON.stringify([old.marks, old.spans]) !== JSON.stringify([segment.marks, segment.spans]) || old.drawn !== segment.drawn;
    state.segments[segment.i] = segment;
    if (!differs) continue;
    changed.push(segment.i);
    if (elementOf(segment.i)) {
      paintMarks(segment.i);
      paintText(segment.i);
    }
  }
  return changed;
}

/** @param {number} b @returns {Promise<number[]>} */
async function refresh(b) {
  const segments = await fetchBlock(b);
  blocks[b].stale = false;
  return takeSegments(segments);
}

/** Something changed elsewhere: fetch anew what is near the view, the rest when it comes near. */
export async function refreshNear() {
  for (const block of blocks) block.stale = block.done;
  let changed = [];
  for (const b of near) if (blocks[b].stale) changed = changed.concat(await refresh(b));
  return changed;
}
