"""What scripts/bench-http asks for."""

BASE = "/memory/scim/v2"
PATCH = '{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[%s]}'
CORE = "urn:ietf:params:scim:schemas:core:2.0:"

# Each case: method, path and body in Lua. `n` counts, `id` is somebody's id, `user` their number.
CASES = {
    "GET by id": ("GET", '"/Users/" .. id', "nil"),
    "userName filter": ("GET", '"/Users?filter=userName%20eq%20%22user" .. user .. "%40example.com%22"', "nil"),
    "list of 100": ("GET", '"/Users?count=100&startIndex=" .. (1 + 100 * (n % math.floor(#ids / 100)))', "nil"),
    "PATCH active": (
        "PATCH",
        '"/Users/" .. id',
        'patch([[{"op":"replace","path":"active","value":]] .. tostring(math.floor(n / #ids) % 2 == 1) .. "}")',
    ),
    "PATCH name, group of 50": ("PATCH", '"/Groups/" .. small', 'rename("Small")'),
    "PATCH name, group of 5,000": ("PATCH", '"/Groups/" .. large', 'rename("Large")'),
    "member in/out, group of 5,000": ("PATCH", '"/Groups/" .. large', "join_or_leave(joining)"),
    "create": ("POST", '"/Users"', "person()"),
}
# The paths of each read, for these ids.
READS = {
    "GET by id": lambda ids: [f"/Users/{id}" for id in ids],
    "userName filter": lambda ids: [f"/Users?filter=userName%20eq%20%22user{n}%40example.com%22" for n in range(len(ids))],
    "list of 100": lambda ids: [f"/Users?count=100&startIndex={1 + 100 * n}" for n in range(len(ids) // 100)],
}
# Of these the bare server holds each person's document, and changes it.
UPDATES = ["PATCH active"]
GROWS = ["GET by id", "userName filter", "PATCH active", "member in/out, group of 5,000", "create"]
WITH_STORES = ["GET by id", "userName filter", "PATCH active", "create"]

LUA = """
local ids, n = {}, tonumber("%(start)s")
for line in io.lines("%(ids)s") do ids[#ids + 1] = line end
local small, large, run = "%(small)s", "%(large)s", "%(run)s"
local function patch(op)
  return [[{"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[]] .. op .. "]}"
end
local function rename(name)
  return patch([[{"op":"replace","path":"displayName","value":"]] .. name .. " " .. n %% 2 .. [["}]])
end
-- In, and out again with the next request: the group keeps its size.
local function join_or_leave(user)
  if n %% 2 == 0 then
    return patch([[{"op":"add","path":"members","value":[{"value":"]] .. user .. [["}]}]])
  end
  return patch([[{"op":"remove","path":"members[value eq \\"]] .. user .. [[\\"]"}]])
end
local function person()
  local name = run .. "-" .. n .. "@example.com"
  return [[{"schemas":["urn:ietf:params:scim:schemas:core:2.0:User"],"userName":"]] .. name ..
    [[","externalId":"]] .. run .. "-" .. n .. [[","name":{"givenName":"New","familyName":"Person"},]] ..
    [["displayName":"New Person","emails":[{"value":"]] .. name .. [[","type":"work","primary":true}],"active":true}]]
end
local headers = {["Authorization"] = "Bearer %(token)s", ["Content-Type"] = "application/scim+json"}
request = function()
  n = n + 1
  local user = n * 7919 %% #ids
  local id = ids[user + 1]
  local joining = ids[#ids - math.floor(n / 2) %% 100]
  return wrk.format("%(method)s", "%(base)s" .. %(path)s, headers, %(body)s)
end
done = function(summary)
  local e = summary.errors
  print(string.format("RESULT %%d %%d %%d %%d", summary.requests, summary.duration, e.connect + e.read + e.write + e.timeout, e.status))
end
"""
