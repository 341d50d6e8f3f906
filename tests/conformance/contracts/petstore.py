"""A Petstore as a developer would write it from the public contract: a dictionary a thing, and a check a request.

Nothing here is the suite's. The contract is read for its schemas alone.
"""

from __future__ import annotations

import functools
import hmac
import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import yaml
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

CONTRACT = Path(__file__).parents[2] / "data" / "petstore-3.1.yaml"
STATUSES = ("available", "pending", "sold")


@functools.cache
def validator(name: str, *, many: bool = False) -> Any:
    components = yaml.safe_load(CONTRACT.read_text("utf-8"))["components"]
    schema: dict[str, Any] = {"$ref": f"#/components/schemas/{name}"}
    return jsonschema_rs.Draft202012Validator(
        {"components": components, **({"type": "array", "items": schema} if many else schema)}
    )


def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name comes twice")
    return made


def no_constant(text: str) -> None:
    raise ValueError(text)


class Petstore:
    """The store. `token` is taken as bearer token and as `api_key`."""

    def __init__(self, token: str) -> None:
        self.token = token
        self.pets: dict[int, Any] = {10: {"id": 10, "name": "doggie", "photoUrls": [], "status": "available"}}
        self.orders: dict[int, Any] = {}
        self.users: dict[str, Any] = {"theUser": {"id": 1, "username": "theUser"}}
        self.app = Starlette(
            routes=[
                Route("/pet", self.save_pet, methods=["POST", "PUT"]),
                Route("/pet/findByStatus", self.by_status),
                Route("/pet/findByTags", self.by_tags),
                Route("/pet/{id}", self.get_pet, methods=["GET"]),
                Route("/pet/{id}", self.change_pet, methods=["POST", "DELETE"]),
                Route("/store/inventory", self.inventory),
                Route("/store/order", self.place, methods=["POST"]),
                Route("/store/order/{id}", self.order, methods=["GET", "DELETE"]),
                Route("/user", self.create, methods=["POST"]),
                Route("/user/createWithList", self.create_many, methods=["POST"]),
                Route("/user/login", self.login),
                Route("/user/logout", self.logout),
                Route("/user/{name}", self.user, methods=["GET", "PUT", "DELETE"]),
            ],
            exception_handlers={HTTPException: self.refused},
        )

    async def refused(self, _: Request, error: Exception) -> Response:
        assert isinstance(error, HTTPException)
        return JSONResponse({"message": error.detail}, error.status_code, error.headers)

    def authorize(self, request: Request, *, by_key: bool = False) -> None:
        given = request.headers.getlist("authorization")
        scheme, _, token = (given[0] if len(given) == 1 else "").partition(" ")
        bearer = scheme.lower() == "bearer" and hmac.compare_digest(token.encode(), self.token.encode())
        key = by_key and hmac.compare_digest(request.headers.get("api_key", "").encode(), self.token.encode())
        if not (bearer or key):
            raise HTTPException(401, "who are you?", {"WWW-Authenticate": "Bearer"})

    async def body(self, request: Request, schema: str, *, many: bool = False, needed: bool = True) -> Any:
        try:
            raw = await request.body()
        except ClientDisconnect as error:
            raise HTTPException(400, "where is the rest?") from error
        if not raw.strip() and not needed:
            return {}
        if request.headers.get("content-type", "").partition(";")[0].strip().lower() != "application/json":
            raise HTTPException(415, "JSON, please")
        try:
            told = json.loads(raw.decode("utf-8"), object_pairs_hook=unique, parse_constant=no_constant)
            valid = validator(schema, many=many).is_valid(told)
        except (ValueError, RecursionError) as error:
            raise HTTPException(400, "not JSON") from error
        if not valid:
            raise HTTPException(422, "this is no " + schema)
        return told

    def number(self, request: Request) -> int:
        try:
            return int(request.path_params["id"])
        except ValueError as error:
            raise HTTPException(400, "not a number") from error

    def found(self, things: dict[Any, Any], key: Any) -> Any:
        if key not in things:
            raise HTTPException(404, "there is no such thing")
        return things[key]

    async def save_pet(self, request: Request) -> Response:
        self.authorize(request)
        pet = await self.body(request, "Pet")
        pet = {"id": len(self.pets) + 1, **pet}
        self.pets[pet["id"]] = pet
        return JSONResponse(pet)

    async def by_status(self, request: Request) -> Response:
        self.authorize(request)
        status = request.query_params.get("status")
        if status not in STATUSES:
            raise HTTPException(400, "no such status")
        return JSONResponse([pet for pet in self.pets.values() if pet.get("status") == status])

    async def by_tags(self, request: Request) -> Response:
        self.authorize(request)
        if not request.query_params.getlist("tags"):
            raise HTTPException(400, "which tags?")
        return JSONResponse(list(self.pets.values()))

    async def get_pet(self, request: Request) -> Response:
        self.authorize(request, by_key=True)
        return JSONResponse(self.found(self.pets, self.number(request)))

    async def change_pet(self, request: Request) -> Response:
        self.authorize(request)
        pet = self.found(self.pets, self.number(request))
        if request.method == "DELETE":
            del self.pets[pet["id"]]
            return Response()
        pet["name"] = request.query_params.get("name", pet["name"])
        return JSONResponse(pet)

    async def inventory(self, request: Request) -> Response:
        if request.headers.get("api_key") != self.token:
            raise HTTPException(401, "who are you?", {"WWW-Authenticate": "ApiKey"})
        return JSONResponse({"available": len(self.pets)})

    async def place(self, request: Request) -> Response:
        order = await self.body(request, "Order", needed=False)
        order = {"id": len(self.orders) + 1, **order}
        self.orders[order["id"]] = order
        return JSONResponse(order)

    async def order(self, request: Request) -> Response:
        order = self.found(self.orders, self.number(request))
        if request.method == "DELETE":
            del self.orders[order["id"]]
            return Response()
        return JSONResponse(order)

    async def create(self, request: Request) -> Response:
        user = await self.body(request, "User", needed=False)
        self.users[user.get("username", "")] = user
        return JSONResponse(user)

    async def create_many(self, request: Request) -> Response:
        users = await self.body(request, "User", many=True, needed=False)
        for user in users:
            self.users[user.get("username", "")] = user
        return JSONResponse(users[-1] if users else {})

    async def login(self, request: Request) -> Response:
        return JSONResponse("session", headers={"X-Rate-Limit": "10"})

    async def logout(self, _: Request) -> Response:
        return Response()

    async def user(self, request: Request) -> Response:
        name = request.path_params["name"]
        user = self.found(self.users, name)
        if request.method == "DELETE":
            del self.users[name]
            return Response()
        if request.method == "PUT":
            user.update(await self.body(request, "User", needed=False))
            return Response()
        return JSONResponse(user)
