import { signRequest, verifyRequest } from '@contentful/node-apps-toolkit';

export const signs = 'sdk';

const request = ({ body, headers, url }) => {
  const { pathname, search } = new URL(url);
  return { method: 'POST', path: `${pathname}${search}`, headers, body: body.toString() };
};

export const sign = (question) => signRequest(question.secret, request(question), question.now * 1000);

export const verify = (question) => verifyRequest(question.secret, request(question), 300);
