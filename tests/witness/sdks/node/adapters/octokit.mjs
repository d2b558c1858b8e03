import * as methods from '@octokit/webhooks-methods';

export const signs = 'sdk';

export const sign = async ({ body, secret }) => ({ 'x-hub-signature-256': await methods.sign(secret, body.toString()) });

export const verify = ({ body, secret, headers }) => methods.verify(secret, body.toString(), headers['x-hub-signature-256']);
