import type { Fate } from './proxy.ts';

/** A successful answer of CloudFormation. */
export const answer = (action: string, result: string): Fate => ({
  status: 200,
  contentType: 'text/xml',
  body: `<${action}Response xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><${action}Result>${result}</${action}Result></${action}Response>`,
});

/** An error of a query service. */
export const refusal = (code: string, message: string): Fate => ({
  status: 400,
  contentType: 'text/xml',
  body: `<ErrorResponse><Error><Type>Sender</Type><Code>${code}</Code><Message>${escaped(message)}</Message></Error></ErrorResponse>`,
});

/** Text as XML has it. */
export const escaped = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
