import { Paddle } from '@paddle/paddle-node-sdk';
import { hmac } from '../recipe.mjs';

const { webhooks } = new Paddle('unused');

export const signs = 'recipe';

export const sign = ({ body, secret, now }) => ({ 'paddle-signature': `ts=${now};h1=${hmac('hex', secret, `${now}:`, body)}` });

export const verify = ({ body, secret, headers }) => webhooks.isSignatureValid(body.toString(), secret, headers['paddle-signature']);
