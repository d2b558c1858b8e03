import commerce from 'coinbase-commerce-node';

const { Webhook } = commerce;

export const signs = 'sdk';

export const sign = ({ body, secret }) => ({ 'x-cc-webhook-signature': Webhook.computeSignature(body.toString(), secret) });

export const verify = ({ body, secret, headers }) => Boolean(Webhook.verifyEventBody(body.toString(), headers['x-cc-webhook-signature'], secret));
