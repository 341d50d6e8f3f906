# Made by `make generate` from openapi.yaml, version 1.0.0, with openapi-python-client 0.29.1.
# Not to be edited: edit the contract and make it again.
from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.benchmark_run_view import BenchmarkRunView
from ...models.start_run_request import StartRunRequest
from ...types import Response


def _get_kwargs(
    *,
    body: StartRunRequest,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/benchmarks/start_run",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Any | BenchmarkRunView | None:
    if response.status_code == 200:
        response_200 = BenchmarkRunView.from_dict(response.json())

        return response_200

    if 400 <= response.status_code <= 499:
        response_4xx = response.json()
        return response_4xx

    if 500 <= response.status_code <= 599:
        response_5xx = response.json()
        return response_5xx

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[Any | BenchmarkRunView]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: StartRunRequest,
) -> Response[Any | BenchmarkRunView]:
    """Start a run of a Benchmark.

     Starts a run of a Benchmark and returns the run. Each call with a 200 response has started a new
    run.

    Args:
        body (StartRunRequest): What to run, and how.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | BenchmarkRunView]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: StartRunRequest,
) -> Any | BenchmarkRunView | None:
    """Start a run of a Benchmark.

     Starts a run of a Benchmark and returns the run. Each call with a 200 response has started a new
    run.

    Args:
        body (StartRunRequest): What to run, and how.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | BenchmarkRunView
    """

    return sync_detailed(
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: StartRunRequest,
) -> Response[Any | BenchmarkRunView]:
    """Start a run of a Benchmark.

     Starts a run of a Benchmark and returns the run. Each call with a 200 response has started a new
    run.

    Args:
        body (StartRunRequest): What to run, and how.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | BenchmarkRunView]
    """

    kwargs = _get_kwargs(
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: StartRunRequest,
) -> Any | BenchmarkRunView | None:
    """Start a run of a Benchmark.

     Starts a run of a Benchmark and returns the run. Each call with a 200 response has started a new
    run.

    Args:
        body (StartRunRequest): What to run, and how.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | BenchmarkRunView
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
        )
    ).parsed
