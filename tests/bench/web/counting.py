"""Counts the queries of an answer, their time and that of the processor, and tells them in its headers; only servers of the benchmark have it."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.db import connection
from django.http import HttpRequest, HttpResponse

UNCOUNTED = ("SAVEPOINT", "RELEASE", "BEGIN", "COMMIT")


class CountMiddleware:
    """Adds X-Bench-Queries, X-Bench-SQL-ms and X-Bench-CPU-ms. What a streamed answer asks while it is sent is not counted."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        count, spent = 0, 0.0

        def asked(execute: Callable[..., Any], sql: str, params: Any, many: bool, context: Any) -> Any:
            nonlocal count, spent
            count += not sql.startswith(UNCOUNTED)
            began = time.perf_counter()
            try:
                return execute(sql, params, many, context)
            finally:
                spent += time.perf_counter() - began

        started = time.thread_time()
        with connection.execute_wrapper(asked):
            response = self.get_response(request)
        response["X-Bench-Queries"] = str(count)
        response["X-Bench-SQL-ms"] = f"{spent * 1000:.2f}"
        response["X-Bench-CPU-ms"] = f"{(time.thread_time() - started) * 1000:.2f}"
        return response
