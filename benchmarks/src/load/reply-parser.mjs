/** Parses HTTP replies with as little work as possible, so that the client costs less than the server. */

/** @typedef {{ status: number, head: string, body: Buffer }} Reply */

const END_OF_HEAD = Buffer.from('\r\n\r\n')
const NONE = Buffer.alloc(0)

/** For a connection with one request in flight at a time. */
export class ReplyParser {
  #onReply
  /** @type {Buffer} what has come and is not used yet */
  #rest = NONE
  /** @type {Buffer[]} pieces that wait to be joined */
  #pieces = []
  #waiting = 0
  /** Bytes that must arrive before the parser continues. */
  #wanted = 0
  /** @type {{ status: number, head: string } | undefined} */
  #begun
  /** @type {Buffer[] | undefined} the chunks of a body without a length */
  #chunks

  /** @param {(reply: Reply) => void} onReply */
  constructor(onReply) {
    this.#onReply = onReply
  }

  /** @param {Buffer} piece */
  take(piece) {
    this.#pieces.push(piece)
    this.#waiting += piece.length
    if (this.#waiting < this.#wanted) return
    this.#rest = this.#pieces.length === 1 ? piece : Buffer.concat(this.#pieces, this.#waiting)
    this.#wanted = 0
    while (this.#step());
    this.#pieces = this.#rest.length > 0 ? [this.#rest] : []
    this.#waiting = this.#rest.length
  }

  /** @returns {boolean} whether there may be more to do */
  #step() {
    if (!this.#begun) return this.#readHead()
    return this.#chunks ? this.#readChunk(this.#chunks) : this.#readBody()
  }

  #readHead() {
    const end = this.#rest.indexOf(END_OF_HEAD)
    if (end < 0) return false
    const head = this.#rest.toString('latin1', 0, end)
    this.#begun = { status: Number(head.slice(9, 12)), head }
    this.#rest = this.#rest.subarray(end + 4)
    const length = /\r\ncontent-length: *(\d+)/i.exec(head)?.[1]
    this.#length = Number(length ?? 0)
    this.#chunks = length === undefined && /\r\ntransfer-encoding: *chunked/i.test(head) ? [] : undefined
    return true
  }

  #length = 0

  #readBody() {
    if (this.#rest.length < this.#length) return this.#wait(this.#length)
    const body = this.#rest.subarray(0, this.#length)
    this.#rest = this.#rest.subarray(this.#length)
    this.#end(body)
    return this.#rest.length > 0
  }

  /** @param {Buffer[]} chunks */
  #readChunk(chunks) {
    const end = this.#rest.indexOf('\r\n', 0, 'latin1')
    if (end < 0) return false
    const length = Number.parseInt(this.#rest.toString('latin1', 0, end), 16)
    const next = end + 2 + length + 2
    if (this.#rest.length < next) return this.#wait(next)
    const chunk = this.#rest.subarray(end + 2, end + 2 + length)
    this.#rest = this.#rest.subarray(next)
    if (length > 0) chunks.push(chunk)
    else this.#end(chunks.length === 1 ? /** @type {Buffer} */ (chunks[0]) : Buffer.concat(chunks))
    return this.#rest.length > 0
  }

  /** @param {number} wanted */
  #wait(wanted) {
    this.#wanted = wanted
    return false
  }

  /** @param {Buffer} body */
  #end(body) {
    const begun = /** @type {{ status: number, head: string }} */ (this.#begun)
    this.#begun = this.#chunks = undefined
    this.#onReply({ ...begun, body })
  }
}
