/**
 * Events from the server, in order and without gaps: after a break the socket asks for what came since. They are handed on
 * once a frame, all that came at once.
 *
 * @typedef {{readonly type: string, readonly seq?: number, readonly time?: number, readonly run?: string,
 *   readonly node?: string, readonly [key: string]: any}} Message
 * @typedef {{message: (messages: readonly Message[]) => void, reset: () => void, state: (on: boolean) => void}} Listener
 */

const LONGEST_WAIT = 4000;

export class EventSocket {
  /**
   * @param {Listener} listener  `reset`: what came between is lost, everything is to be asked for anew
   * @param {(url: string) => WebSocket} [connect]
   */
  constructor(listener, connect = (url) => new WebSocket(url)) {
    this._listener = listener;
    this._connect = connect;
    /** @type {number | null} */
    this._since = null;
    /** @type {Message[]} */
    this._waiting = [];
    this._wait = 250;
    this._ended = false;
    /** @type {WebSocket | null} */
    this._socket = null;
  }

  /** Connect now, and again after every break. */
  open() {
    const scheme = location.protocol === "https:" ? "wss:" : "ws:";
    const since = this._since === null ? "" : `?since=${this._since}`;
    const socket = this._connect(`${scheme}//${location.host}/api/events${since}`);
    this._socket = socket;
    socket.addEventListener("message", (event) => this._take(JSON.parse(event.data)));
    socket.addEventListener("close", () => this._broken());
  }

  /** Connect no more. */
  close() {
    this._ended = true;
    this._socket?.close();
  }

  _broken() {
    if (this._ended) return;
    this._listener.state(false);
    setTimeout(() => this.open(), this._wait);
    this._wait = Math.min(this._wait * 2, LONGEST_WAIT);
  }

  /** @param {Message} message */
  _take(message) {
    if (message.type === "hello") {
      this._since ??= message.last ?? null;
      this._wait = 250;
      this._listener.state(true); // from here on nothing is missed
    } else if (message.type === "reset") {
      this._since = message.last ?? null;
      this._listener.reset();
    } else {
      if (message.seq !== undefined) this._since = message.seq;
      this._waiting.push(message);
      if (this._waiting.length === 1) nextFrame(() => this._hand());
    }
  }

  _hand() {
    const messages = this._waiting;
    this._waiting = [];
    this._listener.message(messages);
  }
}

/**
 * Before the next frame is drawn; soon in a window that is not shown, where no frames are.
 *
 * @param {() => void} call
 */
function nextFrame(call) {
  if (document.visibilityState === "visible") requestAnimationFrame(call);
  else setTimeout(call, 50);
}
