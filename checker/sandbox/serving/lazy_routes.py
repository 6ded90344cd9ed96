"""Routes whose code is loaded on the first request for one of them, so that a start without sign-in stays fast.

Case doesn't matter in their paths, nor does a slash at the end.
"""

import re
from collections.abc import Callable, Sequence

from starlette.datastructures import URLPath
from starlette.routing import BaseRoute, Match, NoMatchFound, Route
from starlette.types import Receive, Scope, Send

from checker.sandbox.responses import is_graph_path
from checker.sandbox.scope import ROUTE


class LazyRoutes(BaseRoute):
    """A route that stands for several; none of them belongs to Graph."""

    def __init__(self, load: Callable[[], Sequence[Route]]) -> None:
        self._load = load
        self._routes: Sequence[Route] | None = None

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Find the route of a request: one with its path and method, else one with its path."""
        if scope["type"] != "http" or is_graph_path(scope["path"]):
            return Match.NONE, {}
        if self._routes is None:
            self._routes = self._load()
            for route in self._routes:
                route.path_regex = re.compile(route.path_regex.pattern, re.IGNORECASE)
        scope = {**scope, "path": scope["path"].removesuffix("/")}
        best: tuple[Match, Scope] = (Match.NONE, {})
        for route in self._routes:
            match, child = route.matches(scope)
            if match is Match.FULL:
                return match, {**child, ROUTE: route}
            if match is Match.PARTIAL and best[0] is Match.NONE:
                best = match, {**child, ROUTE: route}
        return best

    def url_path_for(self, name: str, /, **path_params: object) -> URLPath:
        """Raise an error: these routes have no names."""
        raise NoMatchFound(name, dict(path_params))

    async def handle(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request to the route that was found."""
        route: Route = scope[ROUTE]
        await route.handle(scope, receive, send)
