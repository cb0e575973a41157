/**
 * What goes to the server, one after the other; what could not be sent is kept and tried again.
 *
 * @typedef {{path:string, body:object, answered:(answer:object|null) => void, about?:unknown}} Job
 */
import { post, Unreachable } from './api.js';

const LONGEST_PAUSE = 15000;

/** Sends jobs in order. */
export class Outbox {
  /**
   * @param {object} page
   * @param {(job:Job, answer:object) => void} page.taken called with what the server answered
   * @param {(job:Job, error:import('./api.js').Refused) => Promise<void>} page.refused called when it says no
   * @param {(waiting:number) => void} page.waiting called with how many wait while the server does not answer
   */
  constructor({ taken, refused, waiting }) {
    this.jobs = [];
    this.running = false;
    this.failing = false;
    this.wake = () => {};
    this.page = { taken, refused, waiting };
  }

  /** @returns {number} what the server does not have yet */
  get unsaved() {
    return this.jobs.length;
  }

  /** Try again now. */
  retry() {
    this.wake();
  }

  /** @param {string} path @param {object} body @param {unknown} [about] @returns {Promise<object|null>} null when refused */
  send(path, body, about) {
    return new Promise((answered) => {
      this.jobs.push({ path, body, about, answered });
      if (this.failing) this.page.waiting(this.jobs.length);
      this.drain();
    });
  }

  /** Send what waits. */
  async drain() {
    if (this.running) return;
    this.running = true;
    let pause = 1000;
    while (this.jobs.length) {
      const job = this.jobs[0];
      try {
        const answer = await post(job.path, job.body);
        this.jobs.shift();
        pause = 1000;
        this.page.taken(job, answer);
        job.answered(answer);
      } catch (error) {
        if (error instanceof Unreachable) {
          this.failing = true;
          this.page.waiting(this.jobs.length);
          await new Promise((resolve) => { this.wake = resolve; setTimeout(resolve, pause); });
          pause = Math.min(pause * 2, LONGEST_PAUSE);
          continue;
        }
        this.jobs.shift();
        await this.page.refused(job, error);
        job.answered(null);
      }
      if (this.failing) this.page.waiting(this.jobs.length);
    }
    this.failing = false;
    this.running = false;
  }
}
