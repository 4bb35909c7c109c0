-- The files of the library open, and :EnetScaling is there, however the server is started.
require('enet').register()
