import { validateSignature } from '@line/bot-sdk';
import { hmac } from '../recipe.mjs';

export const signs = 'recipe';

export const sign = ({ body, secret }) => ({ 'x-line-signature': hmac('base64', secret, body) });

export const verify = ({ body, secret, headers }) => validateSignature(body, secret, headers['x-line-signature']);
