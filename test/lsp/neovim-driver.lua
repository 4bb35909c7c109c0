-- What the scripts that drive a headless Neovim share. Each runs as a coroutine of timers, so that keys are typed and
-- answers arrive as they do for a person. What was seen goes as JSON into the folder that ENET_TEST_ROOT names.
local driver = { root = vim.env.ENET_TEST_ROOT, seen = {} }

function driver.has(version)
  return vim.fn.has('nvim-' .. version) == 1
end

local function finish()
  driver.seen.messages = vim.fn.execute('messages')
  local file = io.open(driver.root .. '/seen.json', 'w')
  file:write(vim.json.encode(driver.seen))
  file:close()
  vim.cmd('qall!')
end

-- Waits until the condition holds; what it gives then is the result.
function driver.wait(what, condition)
  local thread = coroutine.running()
  local tries = 0
  local function try()
    tries = tries + 1
    local ok, result = pcall(condition)
    if ok and result then
      coroutine.resume(thread, result)
    elseif tries > 6000 then
      coroutine.resume(thread, nil, 'waited in vain for ' .. what .. (ok and '' or ': ' .. tostring(result)))
    else
      vim.defer_fn(try, 10)
    end
  end
  vim.defer_fn(try, 0)
  local result, problem = coroutine.yield()
  if problem then
    error(problem, 0)
  end
  return result
end

function driver.pause(milliseconds)
  local thread = coroutine.running()
  vim.defer_fn(function() coroutine.resume(thread) end, milliseconds)
  coroutine.yield()
end

-- Types keys, in the notation of mappings: '<Esc>'.
function driver.type(keys)
  vim.api.nvim_input(keys)
end

function driver.line(number)
  return vim.api.nvim_buf_get_lines(0, number - 1, number, false)[1]
end

function driver.text()
  return table.concat(vim.api.nvim_buf_get_lines(0, 0, -1, false), '\n')
end

-- The floating window and its text, when there is one. One that cannot be focused is Neovim's own, for autocommands.
function driver.float()
  for _, window in ipairs(vim.api.nvim_list_wins()) do
    local config = vim.api.nvim_win_get_config(window)
    if config.relative ~= '' and config.focusable then
      local lines = vim.api.nvim_buf_get_lines(vim.api.nvim_win_get_buf(window), 0, -1, false)
      return { window = window, text = table.concat(lines, '\n') }
    end
  end
end

-- Runs a script's steps; whatever goes wrong ends it.
function driver.run(steps)
  coroutine.wrap(function()
    local ok, problem = xpcall(steps, function(e) return type(e) == 'string' and e or vim.inspect(e) end)
    if not ok then
      driver.seen.failed = problem
    end
    finish()
  end)()
end

return driver
