/** Entry point `@gangway/core/testing`: an in-memory test client that knows the types of the server. */
export { connectInMemory, type TestOptions } from './testing/connect-in-memory.ts'
export { memory, type MemoryOptions } from './testing/in-memory-transport.ts'
export type { ScriptedResponses } from './testing/scripted-responses.ts'
export { TestClient, ToolError, type Calls, type RecordedMessage } from './testing/test-client.ts'
