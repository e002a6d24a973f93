-- Asks the login service who sent a request, for haproxy.cfg. The service's address is that of the backend `service`.

local IDENTITY = { "remote-user", "x-account-id", "x-login-id", "x-login-issued-at", "x-login-expires-at" }
-- What the service needs to know of the client's request. The body is not sent.
local ASKED = { "host", "cookie", "authorization", "accept", "user-agent", "x-forwarded-for", "x-forwarded-proto" }
-- What the client learns if it is not logged in.
local REFUSED = { "content-type", "www-authenticate", "location", "x-login-location", "cache-control" }

local function lines(headers, name)
    local found = {}
    for at = 0, #(headers[name] or {}) do
        found[#found + 1] = headers[name] and headers[name][at]
    end
    return found
end

local function copied(headers, names)
    local copy = {}
    for _, name in ipairs(names) do
        local found = lines(headers, name)
        if #found > 0 then copy[name] = found end
    end
    return copy
end

local function reply(txn, status, headers, body)
    txn:done(txn:reply { status = status, headers = headers, body = body })
end

core.register_action("verify", { "http-req" }, function(txn)
    local headers = copied(txn.http:req_get_headers(), ASKED)
    headers["x-forwarded-uri"] = { txn.sf:pathq() }
    headers["x-forwarded-method"] = { txn.sf:method() }
    local address = core.backends["service"].servers["one"]:get_addr()
    local url = "http://" .. address .. "/verify?refresh=on&redirect=on"
    -- HAProxy tries four times, so a service that hangs is 503 after ten seconds.
    local answer = core.httpclient():get { url = url, headers = headers, timeout = 2500 }

    if answer.status == 200 then
        for name, found in pairs(copied(answer.headers, IDENTITY)) do
            txn.http:req_set_header(name, found[1])
        end
        for at, line in ipairs(lines(answer.headers, "set-cookie")) do
            txn:set_var("txn.cookie" .. at, line)
        end
        txn:set_var("txn.verified", true)
    elseif answer.status == 401 or answer.status == 303 then
        reply(txn, answer.status, copied(answer.headers, REFUSED), answer.body)
    end
    -- Every other answer leaves the request unverified, which haproxy.cfg answers with 503.
end)
