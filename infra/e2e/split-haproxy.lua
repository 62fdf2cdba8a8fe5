-- Asks the gatekeeper about a request, as Envoy does. Where to ask and which headers go where are rendered from the
-- code. It only ever says yes or passes on a refusal: without `txn.checked` the configuration lets nobody in, also
-- when something goes wrong here.
local url = os.getenv("CHECK_URL")

local function names(variable)
  return string.gmatch(os.getenv(variable), "[^,]+")
end

core.register_action("check", { "http-req" }, function(txn)
  local shown = txn.http:req_get_headers()
  -- The client of Lua has no PATCH: HAProxy's own listener makes the method the original one again.
  local headers = { ["x-original-method"] = { txn.sf:method() } }
  for name in names("CHECK_SHOWN") do
    if shown[name] then
      headers[name] = {}
      for i = 0, #shown[name] do table.insert(headers[name], shown[name][i]) end
    end
  end
  local client = core.httpclient()
  local ask = txn.sf:method() == "HEAD" and client.head or client.get
  local answer = ask(client, { url = url .. txn.sf:pathq(), headers = headers, timeout = 1000 })
  if not answer then return end

  if answer.status == 200 then
    for name in names("CHECK_UPSTREAM") do
      txn.http:req_del_header(name)
      if answer.headers[name] then txn.http:req_add_header(name, answer.headers[name][0]) end
    end
    txn:set_var("txn.checked", true)
  elseif answer.headers["x-auth-reason"] then
    local told = {}
    for name in names("CHECK_DOWNSTREAM") do
      if answer.headers[name] then told[name] = { answer.headers[name][0] } end
    end
    txn:done(txn:reply({ status = answer.status, headers = told, body = answer.body }))
  end
end)
