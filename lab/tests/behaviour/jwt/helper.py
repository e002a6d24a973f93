"""Runs PyJWT and joserfc for the tests: one JSON object per line in, one per line out, until the input ends.

A key is a JWK set (the token's `kid` names the key), a single JWK, or a private key in PEM.
"""

import json
import sys
import warnings

import joserfc.errors
import jwt
from joserfc import jwk
from joserfc import jwt as joserfc_jwt

# joserfc warns about the name `EdDSA`, which RFC 9864 deprecates.
warnings.simplefilter("ignore")

REQUIRED = ["iss", "aud", "sub", "exp", "iat", "nbf", "jti"]


def pyjwt_verify(question):
    token, algorithms = question["token"], question["algorithms"]
    if "keys" in question["key"]:
        key = jwt.PyJWKSet.from_dict(question["key"])[jwt.get_unverified_header(token)["kid"]]
    else:
        key = jwt.PyJWK.from_dict(question["key"])
    return jwt.decode(
        token,
        key,
        algorithms=algorithms,
        audience=question["audience"],
        issuer=question["issuer"],
        options={"require": REQUIRED},
    )


def pyjwt_sign(question):
    key = question["key"]
    if isinstance(key, dict):
        key = jwt.PyJWK.from_dict(key)
    header = {name: value for name, value in question["header"].items() if name != "alg"}
    return jwt.encode(question["claims"], key, algorithm=question["header"]["alg"], headers=header)


def joserfc_verify(question):
    key = question["key"]
    key = jwk.KeySet.import_key_set(key) if "keys" in key else jwk.import_key(key)
    token = joserfc_jwt.decode(question["token"], key, algorithms=question["algorithms"])
    rules = {name: {"essential": True} for name in REQUIRED}
    rules["iss"]["value"] = question["issuer"]
    rules["aud"]["value"] = question["audience"]
    joserfc_jwt.JWTClaimsRegistry(**rules).validate(token.claims)
    return token.claims


def joserfc_sign(question):
    key, kind = question["key"], question.get("kind")
    key = jwk.import_key(key) if isinstance(key, dict) else jwk.import_key(key, kind)
    return joserfc_jwt.encode(question["header"], question["claims"], key, algorithms=[question["header"]["alg"]])


def joserfc_thumbprint(question):
    return jwk.import_key(question["key"]).thumbprint()


ANSWERS = {
    answer.__name__: answer
    for answer in (pyjwt_verify, pyjwt_sign, joserfc_verify, joserfc_sign, joserfc_thumbprint)
}

for line in sys.stdin.buffer:
    question = json.loads(line)
    try:
        answer = {"ok": ANSWERS[question["ask"]](question)}
    except (jwt.PyJWTError, joserfc.errors.JoseError, KeyError, ValueError) as refusal:
        answer = {"refused": type(refusal).__name__}
    sys.stdout.write(json.dumps(answer) + "\n")
    sys.stdout.flush()
