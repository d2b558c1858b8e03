import Razorpay from 'razorpay';
import { hmac } from '../recipe.mjs';

export const signs = 'recipe';

export const sign = ({ body, secret }) => ({ 'x-razorpay-signature': hmac('hex', secret, body) });

export const verify = ({ body, secret, headers }) => Razorpay.validateWebhookSignature(body.toString(), headers['x-razorpay-signature'], secret);
