// Whether the kernel that made the page still answers it.

/** @import { Model } from "./model.js" */
/** @import { PageRecord } from "./records.js" */

/** @typedef {keyof PageRecord["served_without"]} Absence */

const BEAT = 600; // milliseconds between two looks
const PATIENCE = 3; // looks that an answer may take
const CALLS = 4; // looks between two tries to get a lost connection back

const ENDED = new Set(["dead", "restarting", "autorestarting", "terminating"]);

/**
 * What a host tells of its kernel. Hosts that are not Jupyter's own tell nothing.
 * @typedef {object} Kernel
 * @property {string} id
 * @property {string} status
 * @property {string} connectionStatus
 * @property {boolean} isDisposed
 * @property {{ baseUrl: string }} serverSettings
 * @property {() => Promise<unknown>} requestKernelInfo
 * @property {() => Promise<void>} reconnect
 */

/** Asks the kernel again and again, and judges by its answers what became of it. */
export class Pulse {
  /**
   * @param {Model} model
   * @param {(absence: Absence | null) => void} tell called when the kernel is found gone, or has come back
   * @param {() => boolean} working whether an answer may take long, since the kernel computes
   */
  constructor(model, tell, working) {
    this.model = model;
    this.tell = tell;
    this.working = working;
    this.kernel = /** @type {Kernel | null | undefined} */ (model.widget_manager?.kernel);
    this.heard = false; // an answer, ever
    this.waiting = false; // for an answer
    this.missed = 0; // looks without one
    this.asked = false; // whether the kernel was asked what any would answer
    this.another = false; // whether it answered that
    /** @type {Absence | null} */
    this.absence = null;
  }

  /**
   * Look from now on, until the signal.
   * @param {AbortSignal} signal
   */
  start(signal) {
    const heard = () => this.hear();
    const timer = setInterval(() => this.look(), BEAT);
    this.model.on("msg:custom", heard);
    const stop = () => {
      clearInterval(timer);
      this.model.off("msg:custom", heard);
    };
    signal.addEventListener("abort", stop, { once: true });
    this.ask();
  }

  /** The page has no other messages than answers: any is a sign of life. */
  hear() {
    this.heard = true;
    this.waiting = false;
    this.say(null);
  }

  look() {
    // Nobody looks at a hidden page, and its clock may stand still.
    if (document.hidden) return;
    if (!this.waiting) {
      this.ask();
      return;
    }
    this.missed += 1;
    const found = this.judge();
    if (found) this.say(found);
    if (this.absence && this.missed % CALLS === 0) this.callBack();
  }

  /** @returns {Absence | null} what is known by now; null if that is nothing new */
  judge() {
    const { kernel, missed } = this;
    if (this.absence === "ended" || this.absence === "earlier") return null;
    if (kernel && (kernel.isDisposed || this.another || ENDED.has(kernel.status))) return this.ended();
    if (kernel && kernel.connectionStatus !== "connected") return "lost";
    if (missed < PATIENCE || kernel?.status === "busy") return null;
    if (kernel) this.askAnybody(kernel);
    if (this.working()) return null;
    return kernel || this.heard ? "lost" : "earlier";
  }

  /** Gone for good; a page that was never answered is an older one. */
  ended() {
    return this.heard ? "ended" : "earlier";
  }

  /**
   * A kernel answers in the order that it is asked: if it answers this, and by the next look still not what was asked
   * before, it is another one than made the page.
   * @param {Kernel} kernel
   */
  askAnybody(kernel) {
    if (this.asked) return;
    this.asked = true;
    const answered = () => {
      this.another = this.waiting;
    };
    kernel.requestKernelInfo().then(answered, () => {
      this.asked = false;
    });
  }

  ask() {
    this.waiting = true;
    this.asked = this.another = false;
    this.missed = 0;
    try {
      this.model.send({ action: "ping" });
    } catch {
      // A connection that is closed refuses to send; that no answer comes is what is looked at.
      this.missed = PATIENCE;
    }
  }

  /** Try to get the connection back, and find out whether there still is a kernel to connect to. */
  async callBack() {
    const { kernel } = this;
    if (!kernel || this.absence !== "lost") return;
    const address = new URL(`api/kernels/${kernel.id}`, new URL(kernel.serverSettings.baseUrl, location.href));
    const answer = await fetch(address).catch(() => null);
    if (answer?.status === 404) this.say(this.ended());
    if (!answer?.ok) return;
    // Jupyter waits longer and longer between its own tries, and may end them after one that failed.
    if (kernel.connectionStatus !== "connected") await kernel.reconnect();
    this.ask();
  }

  /** @param {Absence | null} absence */
  say(absence) {
    if (absence === this.absence) return;
    this.absence = absence;
    this.tell(absence);
  }
}
