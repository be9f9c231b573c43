/** The maximum length of a URI from a client, in characters. All code that matches, stores or compares these URIs relies on this limit. */
export const MAX_URI_LENGTH = 2048
