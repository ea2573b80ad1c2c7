// The phone at the other end: it is asked over the WebSocket, or by POST while that is closed, and tells what changes.
const PATH = "/api/v1/";
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 5000;

export class Link {
  #socket = null;
  #wait = FIRST_WAIT_MS;
  #number = 0;
  #asked = new Map();
  #listeners = new Map();
  #version = "";

  // `lost` is the sentence for what was asked and will not be answered.
  constructor(csrf, lost) {
    this.csrf = csrf;
    this.lost = lost;
  }

  // The phone's events by their names; of the link itself: "up" with what phone.get says, and "down".
  on(event, listener) {
    this.#listeners.set(event, [...(this.#listeners.get(event) ?? []), listener]);
  }

  get isUp() {
    return this.#socket?.readyState === WebSocket.OPEN;
  }

  async connect() {
    try {
      const answer = await fetch(`${PATH}phone.get`);
      // Who is logged in no more is shown where to log in.
      if (answer.status === 401) return location.reload();
      if (answer.ok) return this.#listen(await answer.json());
    } catch {
      // It is off: try again.
    }
    this.#tell("down");
    this.#later();
  }

  // What the method answers; an Error with one sentence if it cannot be.
  ask(method, params = {}) {
    if (!this.isUp) return this.#post(method, params);
    const id = ++this.#number;
    this.#socket.send(JSON.stringify({ jsonrpc: "2.0", id, method, params }));
    return new Promise((resolve, reject) => this.#asked.set(id, { resolve, reject }));
  }

  #listen(phone) {
    if (this.#version && phone.version !== this.#version) return location.reload();
    this.#version = phone.version;
    const socket = new WebSocket(new URL(`${PATH}events`, location.href.replace(/^http/, "ws")));
    socket.onopen = () => {
      this.#socket = socket;
      this.#wait = FIRST_WAIT_MS;
      this.#tell("up", phone);
    };
    socket.onmessage = (message) => this.#take(JSON.parse(message.data));
    socket.onclose = () => this.#closed();
  }

  #closed() {
    this.#socket = null;
    for (const { reject } of this.#asked.values()) reject(new Error(this.lost));
    this.#asked.clear();
    this.#tell("down");
    this.#later();
  }

  #later() {
    setTimeout(() => this.connect(), this.#wait);
    this.#wait = Math.min(this.#wait * 2, LONGEST_WAIT_MS);
  }

  #take(message) {
    if (message.event) return this.#tell(message.event, message.data);
    const waiting = this.#asked.get(message.id);
    this.#asked.delete(message.id);
    if (message.error) waiting?.reject(new Error(message.error.message));
    else waiting?.resolve(message.result);
  }

  #tell(event, data) {
    for (const listener of this.#listeners.get(event) ?? []) listener(data);
  }

  async #post(method, params) {
    const headers = { "Content-Type": "application/json", "X-CSRF-Token": this.csrf };
    let answer;
    try {
      answer = await fetch(PATH + method, { method: "POST", headers, body: JSON.stringify(params) });
    } catch {
      throw new Error(this.lost);
    }
    const result = await answer.json();
    if (!answer.ok) throw new Error(result.error);
    return result;
  }
}
