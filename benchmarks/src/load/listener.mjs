/** A client that keeps an event stream open, and counts the notifications. */

import { HttpClient } from './http-client.mjs'
import { nextId } from './messages.mjs'

const TOLD = '"notifications/resources/updated"'

export class Listener extends HttpClient {
  #rest = ''
  #told = 0
  /** @type {() => void} */
  #onTold = () => {}

  /**
   * Resolves when the response starts.
   * @param {string} uri to hear of
   */
  async listen(uri) {
    await this.open()
    if (this.mode === 'modern') {
      await this.stream(this.template({ method: 'subscriptions/listen', params: { notifications: { resourceSubscriptions: [uri] } } })(nextId()), (text) => this.#take(text))
    } else {
      await this.ask(this.template({ method: 'resources/subscribe', params: { uri } })(nextId()))
      await this.stream(this.get(), (text) => this.#take(text))
    }
  }

  /** @param {string} text */
  #take(text) {
    const parts = (this.#rest + text).split(TOLD)
    this.#told += parts.length - 1
    this.#rest = (parts.at(-1) ?? '').slice(1 - TOLD.length) // A notification may be split across two chunks.
    if (parts.length > 1) this.#onTold()
  }

  /**
   * Resolves when this many notifications have arrived since the stream opened.
   * @param {number} count
   * @returns {Promise<void>}
   */
  told(count) {
    return new Promise((resolve) => {
      this.#onTold = () => this.#told >= count && resolve()
      this.#onTold()
    })
  }
}
