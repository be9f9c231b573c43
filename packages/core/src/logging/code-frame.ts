/** Lets a command add source code to log lines, also when the server uses another copy of this package. Core itself reads no files. */

/** Returns the source lines around the place where the error was thrown; undefined if they cannot be read. */
export type CodeFrame = (error: Error) => string | undefined

const KEY = Symbol.for('gangway.code-frame')
const holder = globalThis as { [KEY]?: CodeFrame }

/** For commands: makes the default logger show source code with every error. */
export function showCode(frame: CodeFrame): void {
  holder[KEY] = frame
}

export const codeFrameOf: CodeFrame = (error) => holder[KEY]?.(error)
