/** Resources: the variables of a URI template, typed from its text. */
import { contents, McpServer, resourceResult, type RequestContext, type TemplateParams } from '@gangway/core'
import { same } from './same.ts'

const server = new McpServer({ name: 'shop', version: '1.0.0' })

same<TemplateParams<'shop://orders/{order}'>, { order: string }>()
same<TemplateParams<'shop://{a,b}/{c}'>, { a: string; b: string; c: string }>()
same<TemplateParams<'file:///{+path}'>, { path: string }>()
same<TemplateParams<'shop://page{#section}'>, { section: string }>()
same<TemplateParams<'shop://name{.extension}'>, { extension: string }>()
same<TemplateParams<'shop://root{/first,second}'>, { first: string; second: string }>()
same<TemplateParams<'shop://root{;x,y}'>, { x: string; y: string }>()
same<TemplateParams<'shop://root{/segments*}'>, { segments: string }>()
same<TemplateParams<'shop://by-letter/{name:1}/{name_2:12}'>, { name: string; name_2: string }>()
same<TemplateParams<'shop://orders/{order}{?page,size*}{&lang}'>, { order: string; page?: string; size?: string; lang?: string }>()
same<TemplateParams<'shop://orders{?page}'>, { page?: string }>()
same<TemplateParams<'shop://readme'>, {}>()
same<TemplateParams<string>, Record<string, string>>()

server.resource('shop://orders/{order}{?page}', {}, (params, ctx) => {
  same<typeof params, { order: string; page?: string }>()
  same<typeof ctx, RequestContext>()
  return null
})
server.resource('shop://orders/{order}{?page}', {}, ({ order, page = '1' }) => order + page)
server.resource('shop://orders/{order}', {}, (params: { order: string }) => params.order)
// @ts-expect-error TS2339: Property 'ordr' does not exist on type '{ order: string; }'.
server.resource('shop://orders/{order}', {}, ({ ordr }) => ordr)
// @ts-expect-error TS2551: Property 'ordr' does not exist on type '{ order: string; }'. Did you mean 'order'?
server.resource('shop://orders/{order}', {}, (params) => params.ordr)
// @ts-expect-error TS2345: Argument of type '(params: { ordr: string; }) => string' is not assignable to parameter of type 'ResourceReader<"shop://orders/{order}">'. … Property 'ordr' is missing in type '{ order: string; }' but required in type '{ ordr: string; }'.
server.resource('shop://orders/{order}', {}, (params: { ordr: string }) => params.ordr)
// @ts-expect-error TS2339: Property 'c' does not exist on type '{ a: string; b: string; }'.
server.resource('shop://{a,b}', {}, ({ a, c }) => a + c)
// @ts-expect-error TS2339: Property 'pth' does not exist on type '{ path: string; }'.
server.resource('file:///{+path}', {}, ({ pth }) => pth)
// @ts-expect-error TS2339: Property 'segment' does not exist on type '{ segments: string; }'.
server.resource('shop://root{/segments*}', {}, ({ segment }) => segment)
// @ts-expect-error TS2339: Property 'map' does not exist on type 'string'.
server.resource('shop://root{/segments*}', {}, ({ segments }) => segments.map(String))
// @ts-expect-error TS2339: Property 'pgae' does not exist on type '{ order: string; page?: string; size?: string; }'.
server.resource('shop://orders/{order}{?page,size}', {}, ({ pgae }) => pgae)
// @ts-expect-error TS18048: 'page' is possibly 'undefined'.
server.resource('shop://orders/{order}{?page,size}', {}, ({ page }) => page.length)
// @ts-expect-error TS2339: Property 'order' does not exist on type '{}'.
server.resource('shop://readme', {}, ({ order }) => order)
// @ts-expect-error TS2551: Property 'toFixed' does not exist on type 'string'. Did you mean 'fixed'?
server.resource('shop://orders/{order}', {}, ({ order }) => order.toFixed(2))

// What a reader may return, and the options.
server.resource('shop://text', { name: 'x', title: 'x', description: 'x', mimeType: 'text/plain', size: 1, annotations: { audience: ['user'], priority: 1 } }, () => 'x')
server.resource('shop://bytes', {}, async () => new Uint8Array())
server.resource('shop://json', {}, () => ({ any: ['value'] }))
server.resource('shop://complete', {}, () => resourceResult({ contents: [{ uri: 'shop://complete', text: 'x' }] }))
server.resource('shop://parts', {}, () => [contents('shop://parts#1', 'x'), contents('shop://parts#2', new Uint8Array())])
// @ts-expect-error TS2322: Type 'symbol' is not assignable to type 'Awaitable<ResourceReturn>'.
server.resource('shop://symbol', {}, () => Symbol('x'))
// @ts-expect-error TS2561: Object literal may only specify known properties, but 'mimetype' does not exist in type 'ResourceOptions<"shop://x">'. Did you mean to write 'mimeType'?
server.resource('shop://x', { mimetype: 'text/plain' }, () => 'x')
// @ts-expect-error TS2322: Type '"model"' is not assignable to type '"assistant" | "user"'.
server.resource('shop://x', { annotations: { audience: ['model'] } }, () => 'x')
// @ts-expect-error TS2554: Expected 3 arguments, but got 2.
server.resource('shop://x', () => 'x')
