/** A doubly linked list of nodes that carry their own links, so that any node can be moved or removed in constant time. */
export interface Linked<Node> {
  before: Node | undefined
  after: Node | undefined
}

export class LinkedList<Node extends Linked<Node>> {
  first: Node | undefined
  last: Node | undefined

  append(node: Node): void {
    node.before = this.last
    node.after = undefined
    if (this.last) this.last.after = node
    else this.first = node
    this.last = node
  }

  /** The node must be in this list. */
  remove(node: Node): void {
    const { before, after } = node
    if (before) before.after = after
    else this.first = after
    if (after) after.before = before
    else this.last = before
  }

  /** The node must be in this list. */
  moveToEnd(node: Node): void {
    if (this.last === node) return
    this.remove(node)
    this.append(node)
  }
}
