/** The length of a URI that a client may send, in characters. Every path that matches, stores or compares URIs of clients relies on it. */
export const MAX_URI_LENGTH = 2048
