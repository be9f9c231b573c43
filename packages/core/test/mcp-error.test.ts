/** Errors print the name that authors import. */
import { expect, test } from 'vitest'
import { ErrorCode, McpError, MissingCapabilityError } from '../src/index.ts'

test('an error and its stack have the exported name; subclasses have their own', () => {
  const error = new McpError(ErrorCode.InvalidParams, 'The month must be from 1 to 12')
  expect([error.name, String(error)]).toEqual(['McpError', 'McpError: The month must be from 1 to 12'])
  expect(new (class QuotaError extends McpError {})(-32000, 'Quota used up').name).toBe('QuotaError')
  expect(new MissingCapabilityError({ sampling: {} }).name).toBe('MissingCapabilityError')
})
