/** @gangway/core/testing: a server under test, and a client that knows its types. */
export { connect, type TestOptions } from './testing/connect.ts'
export { memory, type MemoryOptions } from './testing/memory.ts'
export type { ScriptedAnswers } from './testing/script.ts'
export { TestClient, ToolError, type Calls, type RecordedMessage } from './testing/test-client.ts'
